// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Remark } from '../plan/action.ts';

/** An EFI system partition that cannot be mounted, and what was said about it. */
export interface BrokenEsp {
  readonly uuid: string;
  readonly message: string;
}

/** Refuses a plan for whose files the loader has no partition that can be mounted; where another one can, the broken ones are only said. */
export function brokenEspRemarks(broken: readonly BrokenEsp[], areAll: boolean): readonly Remark[] {
  return broken.map(({ uuid, message }): Remark => {
    const remark = { id: 'preflight.broken-esp', hint: `Look at its disk, and at: fsck.vfat -n /dev/disk/by-uuid/${uuid}` };
    if (areAll)
      return { ...remark, level: 'blocker', code: 'plan.failed', text: `The loader's files cannot be changed: ${message}` };
    return {
      ...remark,
      level: 'warning',
      text: `The EFI system partition ${uuid} is passed over and keeps what it has: ${message}`,
    };
  });
}
