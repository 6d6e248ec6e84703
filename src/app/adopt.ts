// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Bdf } from '../core/pci/address.ts';
import type { Plan } from '../core/plan/action.ts';
import type { Result } from '../core/problem.ts';
import { planAdopt } from '../core/setup/plan-adopt.ts';
import type { Context } from './context.ts';
import { setupWorld } from './setup-world.ts';

/** Plans taking over a GPU that was set up by hand; nothing is written. */
export async function planAdoption(
  context: Context,
  wish: { readonly gpu?: Bdf; readonly move: boolean },
): Promise<Result<Plan>> {
  const world = await setupWorld(context);
  return world.ok ? planAdopt(world.value, wish) : world;
}
