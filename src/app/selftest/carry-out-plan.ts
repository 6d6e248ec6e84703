// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Plan } from '../../core/plan/action.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import type { Context } from '../context.ts';
import { applyPlan } from '../engine/apply-plan.ts';

/** A plan that leaves something to plan after these many rounds goes in circles. */
const MOST_ROUNDS = 3;

/** Plans and applies until nothing is left to plan. */
export async function carryOutPlan(context: Context, plan: () => Promise<Result<Plan>>): Promise<Result<void>> {
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const planned = await plan();
    if (!planned.ok) return planned;
    const applied = await applyPlan(context, planned.value);
    if (!applied.ok) return applied;
    if (planned.value.then === undefined) return ok(undefined);
  }
  return problem('plan.failed', 'The machine still differs from the plan after it was applied.');
}
