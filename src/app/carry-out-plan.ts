// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Plan } from '../core/plan/action.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import type { Context } from './context.ts';
import { applyPlan } from './engine/apply-plan.ts';

/** A plan that leaves something to plan after these many rounds goes in circles. */
const MOST_ROUNDS = 3;

/** Plans and applies until nothing is left to plan, in at most so many rounds. */
export async function carryOutPlan(
  context: Context,
  plan: () => Promise<Result<Plan>>,
  { force = false, rounds = MOST_ROUNDS }: { readonly force?: boolean; readonly rounds?: number } = {},
): Promise<Result<void>> {
  for (let round = 0; round < rounds; round += 1) {
    const planned = await plan();
    if (!planned.ok) return planned;
    const applied = await applyPlan(context, planned.value, { force });
    if (!applied.ok) return applied;
    if (planned.value.then === undefined) return ok(undefined);
  }
  return problem('plan.failed', 'The machine still differs from the plan after it was applied.');
}
