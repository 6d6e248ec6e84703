// SPDX-License-Identifier: AGPL-3.0-or-later

import { shownPlan } from '../app/shown-plan.ts';
import { blockerOf } from '../core/plan/blocker.ts';
import { planDigest } from '../main/plan-digest.ts';
import { type Planner, refuse } from './carry-out.ts';
import type { Call } from './command.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import { planJson, planText } from './plan-text.ts';

/**
 * What a command that only plans does: shows the whole plan and changes nothing. Exit 0 when there is nothing to do, 3 when
 * something differs, and that of the blocker when the plan must not run.
 */
export async function showPlan(call: Call, planner: Planner): Promise<number> {
  const { io, options } = call;
  const context = await call.context();
  const planned = await planner(context);
  if (!planned.ok) return refuse(call, planned.problem);
  const plan = planned.value;
  const diff = await shownPlan(context.host, plan);
  const blocker = blockerOf(plan, options.force === true);
  if (options.json === true) {
    const outcome = blocker === undefined ? 'not-applied' : 'refused';
    io.out(`${JSON.stringify(planJson([{ digest: planDigest(plan), ...diff }], outcome), null, 2)}\n`);
  } else io.out(planText(io, diff));
  if (blocker !== undefined) return exitCodeOf(blocker.code ?? 'guest.needs-flag');
  return plan.steps.length === 0 && plan.then === undefined ? EXIT.done : EXIT.differs;
}
