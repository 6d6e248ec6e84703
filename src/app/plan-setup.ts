// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Plan } from '../core/plan/action.ts';
import type { Result } from '../core/problem.ts';
import { planWhatIsDesired } from '../core/setup/plan-desired.ts';
import { planSetup } from '../core/setup/plan-setup.ts';
import type { SetupWish } from '../core/setup/setup-wish.ts';
import type { Context } from './context.ts';
import { readSettings } from './settings.ts';
import { setupWorld } from './setup-world.ts';

/** A wish without a mode is for what was asked for before. */
export type PlanSetupRequest = Omit<SetupWish, 'mode'> & { readonly mode?: SetupWish['mode'] };

/** Plans the host set-up for a mode, or what is missing of the one that was asked for before; nothing is written. */
export async function planHostSetup(context: Context, request: PlanSetupRequest): Promise<Result<Plan>> {
  const settings = await readSettings(context);
  if (!settings.ok) return settings;
  const world = await setupWorld(context);
  if (!world.ok) return world;
  const { vfCount } = settings.value;
  const usual = vfCount === undefined ? {} : { usualVfs: vfCount };
  const { mode, ...rest } = request;
  if (mode === undefined) return planWhatIsDesired(world.value, { ...usual, ...rest });
  return planSetup(world.value, { ...usual, ...rest, mode });
}
