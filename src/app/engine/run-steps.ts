// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Step } from '../../core/plan/action.ts';
import { type JournalRun, type StepState, withStep } from '../../core/plan/journal-run.ts';
import { ok, type Problem, problem, type Result } from '../../core/problem.ts';
import { DeviceLock } from './device-lock.ts';
import type { EngineContext } from './executor.ts';
import { bind } from './executors.ts';
import { writeRun } from './journal.ts';
import type { StepReport } from './report.ts';

/** Why a step was left out on a machine that consists of files only. */
const NOT_RUN = 'programs are not run there';

/** How far the steps came, and the problem that stopped them. */
export interface RanSteps {
  readonly run: JournalRun;
  readonly problem?: Problem;
}

/** Does the steps of a run in order. Each is noted as started before it runs; the first problem ends the run. */
export async function runSteps(
  context: EngineContext,
  run: JournalRun,
  onStep?: (step: StepReport, index: number, total: number) => void,
): Promise<RanSteps> {
  const lock = new DeviceLock(context.host);
  let current = run;
  try {
    for (const [index, { step }] of run.steps.entries()) {
      const tell = (state: StepState) => onStep?.({ action: step.action, reason: step.reason, state }, index, run.steps.length);
      tell('started');
      const bound = bind(step);
      if (bound.onlyRuns && !context.host.abilities.run) {
        current = withStep(current, index, 'skipped', NOT_RUN);
        tell('skipped');
        continue;
      }
      const locked = await lock.set(bound.needsDeviceLock);
      if (!locked.ok) return { run: current, problem: locked.problem };
      const standing = await bound.check(context);
      if (!standing.ok) return { run: current, problem: standing.problem };
      if (standing.value === 'gone') return { run: current, problem: gone(step) };
      if (standing.value === 'already') {
        current = withStep(current, index, 'skipped');
        tell('skipped');
        continue;
      }
      const refined = await bound.refine(context);
      if (!refined.ok) return { run: current, problem: refined.problem };
      const started = withStep(withArgs(current, index, refined.value), index, 'started');
      const noted = await writeRun(context.host, started);
      if (!noted.ok) return { run: current, problem: noted.problem };
      current = started;
      const executed = await executeAndVerify(context, bind(refined.value), step.action);
      if (!executed.ok) return { run: current, problem: executed.problem };
      current = withStep(current, index, executed.value);
      tell(executed.value);
    }
    return { run: current };
  } finally {
    await lock.drop();
  }
}

function withArgs(run: JournalRun, index: number, step: Step): JournalRun {
  return { ...run, steps: run.steps.map((entry, at) => (at === index ? { ...entry, step } : entry)) };
}

function gone(step: Step): Problem {
  const path = step.action === 'writeSysfs' ? step.args.path : step.action;
  return { code: 'plan.drift', message: `${path} is not there any more.`, hint: 'Plan again.', where: path };
}

async function executeAndVerify(
  context: EngineContext,
  bound: ReturnType<typeof bind>,
  action: string,
): Promise<Result<StepState>> {
  const executed = await bound.execute(context);
  if (!executed.ok) return executed;
  if (!bound.checkTells) return ok('done');
  const standing = await bound.check(context);
  if (standing.ok && standing.value === 'already') return ok('done');
  const why = standing.ok ? 'nothing changed' : standing.problem.message;
  return problem('plan.failed', `The step ${action} was done without an error, but its effect is not there: ${why}`);
}
