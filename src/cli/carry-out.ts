// SPDX-License-Identifier: AGPL-3.0-or-later
import { applyPlan } from '../app/engine/apply-plan.ts';
import type { Plan, Remark } from '../core/plan/action.ts';
import type { Result } from '../core/problem.ts';
import type { Call } from './command.ts';
import { EXIT, exitCodeOf } from './exit-code.ts';
import type { Io } from './io.ts';
import { planJson, planText, shownPlan } from './plan-text.ts';
import { printProblem } from './print-problem.ts';

/**
 * What every writing command does with its plan: shows diff and remarks, asks once, applies, says what happened.
 * `--dry-run` stops after showing, `--yes` does not ask, `--force` goes on in spite of what can be overridden.
 */
export async function carryOut(call: Call, planned: Result<Plan>): Promise<number> {
  if (!planned.ok) return refuse(call, planned.problem);
  const plan = planned.value;
  const { io, options } = call;
  const json = options.json === true;
  const context = await call.context();
  const shown = await shownPlan(context.host, plan);
  const printJson = (outcome: Parameters<typeof planJson>[1]) => {
    if (json) io.out(`${JSON.stringify(planJson(shown, outcome), null, 2)}\n`);
  };
  if (!json) io.out(planText(io, shown));
  const blocker = blockerOf(plan, options.force === true);
  if (blocker !== undefined) {
    printJson('refused');
    return refuseFor(call, blocker);
  }
  if (options.dryRun === true || plan.steps.length === 0) {
    printJson('not-applied');
    return EXIT.done;
  }
  if (options.yes !== true && !(await agreed(io))) return EXIT.failed;
  const applied = await applyPlan(context, plan, { force: options.force === true });
  if (!applied.ok) return refuse(call, applied.problem);
  printJson('applied');
  if (!json) io.out('Done.\n');
  return EXIT.done;
}

/** Prints an expected failure, as a JSON value with `--json`. */
export function refuse(call: Call, problem: Parameters<typeof printProblem>[1]): number {
  if (call.options.json !== true) return printProblem(call.io, problem);
  call.io.out(`${JSON.stringify({ format: 1, kind: 'problem', problem }, null, 2)}\n`);
  return exitCodeOf(problem.code);
}

async function agreed(io: Io): Promise<boolean> {
  if (!io.interactive) {
    printProblem(io, {
      code: 'usage',
      message: 'Nobody is here to confirm.',
      hint: 'Give --yes to apply, or --dry-run to look.',
    });
    return false;
  }
  if (await io.confirm('Apply this?')) return true;
  io.err('Nothing was changed.\n');
  return false;
}

function blockerOf(plan: Plan, force: boolean): Remark | undefined {
  return plan.remarks.find(({ level, overridable }) => level === 'blocker' && !(force && overridable === true));
}

function refuseFor(call: Call, blocker: Remark): number {
  const code = blocker.code ?? 'guest.needs-flag';
  if (call.options.json === true) return exitCodeOf(code);
  const hint = blocker.hint ?? (blocker.overridable === true ? 'Give --force to go on all the same.' : undefined);
  return printProblem(call.io, {
    code,
    message: `Nothing was changed: ${blocker.text}`,
    ...(hint === undefined ? {} : { hint }),
  });
}
