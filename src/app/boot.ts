// SPDX-License-Identifier: AGPL-3.0-or-later
import { VF_BOOT_LIMIT_MS } from '../core/boot/vf-boot-unit.ts';
import { type VfGoal, vfGoals } from '../core/boot/vf-goals.ts';
import { visible } from '../core/text/visible.ts';
import { awaitDriver } from './boot/await-driver.ts';
import { bindVfs } from './boot/bind-vfs.ts';
import { keyAt } from './boot/same-gpu.ts';
import { setProfiles } from './boot/set-profiles.ts';
import { readDesired } from './engine/state-files.ts';
import { DEVICE_LOCK, RUN_DIR } from './engine/state-paths.ts';
import { forgetUnfinished } from './engine/unfinished-note.ts';
import type { HookContext } from './hook/hook-context.ts';
import { makeVfs } from './hook/make-vfs.ts';
import { vfsOf } from './hook/pci-look.ts';

/** What became of one GPU. */
export interface BootedGpu {
  readonly bdf: string;
  /** All VFs that were asked for are there, and on a VFIO driver. */
  readonly ready: boolean;
  readonly vfs: number;
}

/**
 * Makes the VFs that are desired of this node and gives them to VFIO. Says one line for each thing that went wrong and ends
 * before `limitMs` (default 30 s) whatever the kernel does; a GPU that is not the one that was meant is left alone. Reads nothing below
 * `/etc/pve`, which may not be there yet. Doing it again changes nothing.
 */
export async function bootVfs(context: HookContext, limitMs = VF_BOOT_LIMIT_MS): Promise<readonly BootedGpu[]> {
  const { host, clock, log } = context;
  const endMs = clock.nowMs() + limitMs;
  const desired = await readDesired(host);
  if (!desired.ok) {
    log.warn(`No VFs were made: ${desired.problem.message}`);
    return [];
  }
  const { goals, unclear } = vfGoals(desired.value);
  for (const key of unclear) log.warn(`desired.json asks for VFs of "${visible(key)}", which names no GPU.`);
  const waited = await Promise.all(goals.map(async (goal) => ({ goal, trouble: await notReady(context, goal, endMs) })));
  const done: BootedGpu[] = [];
  for (const { goal, trouble } of waited) {
    if (trouble === undefined) done.push(await prepare(context, goal, endMs));
    else done.push(failed(context, goal, trouble));
  }
  return done;
}

/** Waits for what a GPU needs before it can have VFs; answers why it cannot. */
async function notReady(context: HookContext, goal: VfGoal, endMs: number): Promise<string | undefined> {
  const found = await keyAt(context.host, goal.bdf);
  if (found === null) return `there is no device ${goal.bdf}`;
  if (found !== goal.key)
    return `the device there is ${found}, not the one that was set up (${goal.key}), so it is left alone; run pveigpu status`;
  const driver = await awaitDriver(context, goal.bdf, endMs);
  return driver.kind === 'bound' ? undefined : driver.because;
}

async function prepare(context: HookContext, goal: VfGoal, endMs: number): Promise<BootedGpu> {
  const { host, clock } = context;
  const folder = await host.mkdir(RUN_DIR, { mode: 0o700 });
  const left = () => Math.max(1, endMs - clock.nowMs());
  const lock = folder.ok ? await host.lock(DEVICE_LOCK, { timeoutMs: left() }) : folder;
  if (!lock.ok) return failed(context, goal, lock.problem.message);
  try {
    if ((await vfsOf(host, goal.bdf)).length === 0) {
      const made = await makeVfs(context, goal.bdf, left());
      if (made.kind !== 'ready') return failed(context, goal, made.because);
    }
    return await finish(context, goal, endMs);
  } finally {
    await lock.value.release();
  }
}

async function finish(context: HookContext, goal: VfGoal, endMs: number): Promise<BootedGpu> {
  const { host, log } = context;
  const { bdf, numVfs } = goal;
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

function failed({ log }: HookContext, { bdf }: VfGoal, because: string): BootedGpu {
  log.warn(`The GPU ${bdf} has no VFs: ${because}${because.endsWith('.') ? '' : '.'}`);
  return { bdf, ready: false, vfs: 0 };
}
