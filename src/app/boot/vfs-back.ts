// SPDX-License-Identifier: AGPL-3.0-or-later
import { vfGoals } from '../../core/boot/vf-goals.ts';
import { readDesired } from '../engine/state-files.ts';
import type { HookContext } from '../hook/hook-context.ts';
import { prepareGpu } from './prepare-gpu.ts';
import { keyAt } from './same-gpu.ts';

/**
 * Makes the VFs again that are desired of a GPU which is on its host driver again. Says what went wrong as a clause, or null, also
 * where none are desired. Called with `device.lock` held.
 */
export async function vfsBack(context: HookContext, gpu: string, limitMs: number): Promise<string | null> {
  const desired = await readDesired(context.host);
  if (!desired.ok) return desired.problem.message;
  const goal = vfGoals(desired.value).goals.find(({ bdf }) => bdf === gpu);
  if (goal === undefined || (await keyAt(context.host, goal.bdf)) !== goal.key) return null;
  const { ready } = await prepareGpu(context, goal, context.clock.nowMs() + limitMs);
  return ready ? null : 'not all VFs that are desired of it are ready';
}
