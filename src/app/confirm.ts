// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Plan } from '../core/plan/action.ts';
import type { Result } from '../core/problem.ts';
import { planConfirm } from '../core/setup/plan-confirm.ts';
import type { Context } from './context.ts';
import { setupWorld } from './setup-world.ts';

/** Plans what closes a set-up after its reboot; fails with `facts.differ` while something is not as it should be. */
export async function planConfirmation(context: Context): Promise<Result<Plan>> {
  const world = await setupWorld(context);
  return world.ok ? planConfirm(world.value) : world;
}
