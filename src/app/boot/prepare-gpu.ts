// SPDX-License-Identifier: AGPL-3.0-or-later
import type { VfGoal } from '../../core/boot/vf-goals.ts';
import { forgetUnfinished } from '../engine/unfinished-note.ts';
import type { HookContext } from '../hook/hook-context.ts';
import { makeVfs } from '../hook/make-vfs.ts';
import { vfsOf } from '../hook/pci-look.ts';
import { bindVfs } from './bind-vfs.ts';
import { setProfiles } from './set-profiles.ts';

/** What became of one GPU. */
export interface BootedGpu {
  readonly bdf: string;
  /** All VFs that were asked for are there, and on a VFIO driver. */
  readonly ready: boolean;
  readonly vfs: number;
}

/**
 * Makes the VFs that are desired of one GPU where it has none, gives them to VFIO and sets their scheduling, before `endMs`. Says one
 * line for each thing that went wrong. Called with `device.lock` held.
 */
export async function prepareGpu(context: HookContext, goal: VfGoal, endMs: number): Promise<BootedGpu> {
  const { host, clock, log } = context;
  const { bdf, numVfs } = goal;
  if ((await vfsOf(host, bdf)).length === 0) {
    const made = await makeVfs(context, bdf, Math.max(1, endMs - clock.nowMs()));
    if (made.kind !== 'ready') return noVfs(context, goal, made.because);
  }
  const vfs = await vfsOf(host, bdf);
  const bound = await bindVfs(context, bdf, vfs, endMs);
  if (bound === vfs.length) await forgetUnfinished(context, bdf);
  if (numVfs !== undefined && numVfs !== vfs.length)
    log.warn(
      `The GPU ${bdf} has ${vfs.length} VFs, not ${numVfs}; their number can change only while there are none: pveigpu vf remove.`,
    );
  await setProfiles(context, bdf, vfs.length, goal.wish, endMs);
  const ready = bound === vfs.length && (numVfs === undefined || numVfs === vfs.length);
  if (ready) log.info(`The GPU ${bdf} has ${vfs.length} VFs, ready for guests.`);
  return { bdf, ready, vfs: vfs.length };
}

/** The line for a GPU that has no VFs after all; `because` is a clause or a sentence. */
export function noVfs({ log }: HookContext, { bdf }: VfGoal, because: string): BootedGpu {
  log.warn(`The GPU ${bdf} has no VFs: ${because}${because.endsWith('.') ? '' : '.'}`);
  return { bdf, ready: false, vfs: 0 };
}
