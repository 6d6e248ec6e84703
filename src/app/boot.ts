// SPDX-License-Identifier: AGPL-3.0-or-later
import { VF_BOOT_LIMIT_MS } from '../core/boot/vf-boot-unit.ts';
import { type VfGoal, vfGoals } from '../core/boot/vf-goals.ts';
import { visible } from '../core/text/visible.ts';
import { awaitDriver } from './boot/await-driver.ts';
import { type BootedGpu, noVfs, prepareGpu } from './boot/prepare-gpu.ts';
import { keyAt } from './boot/same-gpu.ts';
import { readDesired } from './engine/state-files.ts';
import { DEVICE_LOCK, RUN_DIR } from './engine/state-paths.ts';
import type { HookContext } from './hook/hook-context.ts';
import { clearLateOverrides } from './hook/late-override.ts';

/**
 * Makes the VFs that are desired of this node and gives them to VFIO. Says one line for each thing that went wrong and ends
 * before `limitMs` (default 30 s) whatever the kernel does; a GPU that is not the one that was meant is left alone. Reads nothing below
 * `/etc/pve`, which may not be there yet. Doing it again changes nothing.
 */
export async function bootVfs(context: HookContext, limitMs = VF_BOOT_LIMIT_MS): Promise<readonly BootedGpu[]> {
  const { host, clock, log } = context;
  const endMs = clock.nowMs() + limitMs;
  await clearLateOverrides(context, { lockHeld: false });
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
    else done.push(noVfs(context, goal, trouble));
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
  if (!lock.ok) return noVfs(context, goal, lock.problem.message);
  try {
    return await prepareGpu(context, goal, endMs);
  } finally {
    await lock.value.release();
  }
}
