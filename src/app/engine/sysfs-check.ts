// SPDX-License-Identifier: AGPL-3.0-or-later
import type { SysfsCheck } from '../../core/plan/action.ts';
import type { Host } from '../../ports/host.ts';
import type { Context } from '../context.ts';

/** How often sysfs is looked at while a change is awaited. */
const POLL_MS = 20;

/** Whether a condition on sysfs is true now. Links and existence can be looked at without the device's lock. */
export async function holds(host: Host, check: SysfsCheck): Promise<boolean> {
  switch (check.kind) {
    case 'exists':
      return (await host.stat(check.path, { noFollow: true })).kind === 'content';
    case 'absent':
      return (await host.stat(check.path, { noFollow: true })).kind === 'absent';
    case 'link-name': {
      const link = await host.readLink(check.path);
      return link.kind === 'content' && link.value.slice(link.value.lastIndexOf('/') + 1) === check.name;
    }
  }
}

/** Looks until a condition is true, at most for the given time; says whether it came true. */
export async function pollUntil(
  { host, clock }: Pick<Context, 'host' | 'clock'>,
  check: SysfsCheck,
  timeoutMs: number,
): Promise<boolean> {
  const deadlineMs = clock.nowMs() + timeoutMs;
  while (!(await holds(host, check))) {
    if (clock.nowMs() >= deadlineMs) return false;
    await clock.sleep(POLL_MS);
  }
  return true;
}

/** Why a condition does not hold, as a clause. */
export function describeCheck(check: SysfsCheck): string {
  switch (check.kind) {
    case 'exists':
      return `${check.path} did not appear`;
    case 'absent':
      return `${check.path} did not go away`;
    case 'link-name':
      return `${check.path} does not lead to ${check.name}`;
  }
}
