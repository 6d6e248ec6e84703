// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Plan, Remark } from '../../core/plan/action.ts';
import { isConsumer } from '../../core/plan/consumers.ts';
import { type Desired, withDesiredGpu } from '../../core/plan/desired.ts';
import type { JournalRun } from '../../core/plan/journal-run.ts';
import { ok, type Problem, type Result } from '../../core/problem.ts';
import type { Context } from '../context.ts';
import { explainBuild } from '../driver-failure.ts';
import { withApplyLock } from './apply-lock.ts';
import { readBootId } from './boot-id.ts';
import { commitRun, noteApplied } from './commit-run.ts';
import type { EngineContext } from './executor.ts';
import { newestRun, writeRun } from './journal.ts';
import { recoverLocked } from './recover.ts';
import { type ApplyFailure, type ApplyReport, type Recovery, reportOf, type StepReport } from './report.ts';
import { runSteps } from './run-steps.ts';
import { readDesired, readLedger, writeDesired } from './state-files.ts';
import { undoRun } from './undo-run.ts';

export interface ApplyOptions {
  /** Go on in spite of remarks that may be overridden, and past a broken run that cannot be undone. */
  readonly force?: boolean;
  /** Called before each step (`started`) and after it (`done`, `skipped`) with its place, for progress. */
  readonly onStep?: (step: StepReport, index: number, total: number) => void;
  /** Called with what long programs print, as it comes. */
  readonly onOutput?: NonNullable<EngineContext['onOutput']>;
}

/**
 * Does a plan, all or nothing: closes a broken earlier run, journals before each step, stops at the first failure and
 * takes back what it did, newest first. Fails with `plan.drift` when the machine is no longer as planned,
 * `host.locked` when another apply runs, or with the problem of the failing step; `report` says what became of each.
 */
export async function applyPlan(
  context: Context,
  plan: Plan,
  options: ApplyOptions = {},
): Promise<Result<ApplyReport, ApplyFailure>> {
  const { host } = context;
  const engine = options.onOutput === undefined ? context : { ...context, onOutput: options.onOutput };
  const blocker = plan.remarks.find((remark) => blocks(remark, options.force === true));
  if (blocker !== undefined) return failed(blockedBy(blocker), null);
  if (!host.abilities.write) {
    return failed(
      { code: 'host.read-only', message: `${host.label} can only be read.`, hint: 'Use --dry-run to see the plan.' },
      null,
    );
  }
  const locked = await withApplyLock(context, async () => await applyLocked(engine, plan, options));
  return locked.ok ? locked.value : failed(locked.problem, null);
}

async function applyLocked(
  context: EngineContext,
  plan: Plan,
  options: ApplyOptions,
): Promise<Result<ApplyReport, ApplyFailure>> {
  const { host } = context;
  const recovered = await recoverLocked(context, options.force === true);
  if (!recovered.ok) return failed(recovered.problem, null);
  const recovery = recovered.value;
  // A ledger that cannot be read would lose what is ours, so it is looked at before anything is done.
  const ledger = await readLedger(host);
  if (!ledger.ok) return failed(ledger.problem, null);
  const desiredBefore = await readDesired(host);
  if (!desiredBefore.ok) return failed(desiredBefore.problem, null);
  const desired = desiredAfter(desiredBefore.value, plan);
  if (plan.steps.length === 0) {
    const written = desired === undefined ? ok(undefined) : await writeDesired(host, desired);
    return written.ok ? ok({ run: null, title: plan.title, steps: [], recovery }) : failed(written.problem, null);
  }
  const newest = await newestRun(host);
  if (!newest.ok) return failed(newest.problem, null);
  const number = Math.max(newest.value?.number ?? 0, ledger.value.lastRun) + 1;
  const bootId = await readBootId(host);
  const run: JournalRun = {
    format: 1,
    number,
    title: plan.title,
    startedMs: context.clock.nowMs(),
    ...(bootId === undefined ? {} : { bootId }),
    state: 'running',
    steps: plan.steps.map((step) => ({ step, state: 'planned' })),
    desiredBefore: desiredBefore.value,
    ...(desired === undefined ? {} : { desired }),
    ...(context.user === undefined ? {} : { user: context.user }),
  };
  const opened = await writeRun(host, run);
  if (!opened.ok) return failed(opened.problem, null);
  const ran = await runSteps(context, run, options.onStep);
  if (ran.problem !== undefined)
    return await giveUp(context, ran.run, await explainBuild(context, ran.run, ran.problem), recovery);
  const applied = await noteApplied(context, ran.run);
  if (!applied.ok) return await giveUp(context, ran.run, applied.problem, recovery);
  const committed = await commitRun(context, applied.value);
  if (committed.ok) return ok({ ...reportOf(committed.value), recovery });
  return failed(committed.problem, { ...reportOf(ran.run), recovery });
}

/** The whole desired state once the plan is done; it is written together with the ledger, so both or none. */
function desiredAfter(now: Desired, { desired }: Plan): Desired | undefined {
  return desired === undefined ? undefined : withDesiredGpu(now, desired.gpu, desired.wish ?? undefined);
}

async function giveUp(
  context: EngineContext,
  run: JournalRun,
  problem: Problem,
  recovery: Recovery | null,
): Promise<Result<ApplyReport, ApplyFailure>> {
  if (run.steps.some(({ step, state }) => state !== 'planned' && isConsumer(step)))
    context.log.warn(`${problem.message} Taking back what was done so far.`);
  const undone = await undoRun(context, { ...run, failure: problem.message }, false);
  if (!undone.ok) {
    const message = `${problem.message} Taking back what was done so far did not work either: ${undone.problem.message}`;
    const hint = undone.problem.hint ?? 'The next command that changes something tries again.';
    return failed({ ...problem, message, hint }, { ...reportOf(run), recovery });
  }
  return failed(problem, { ...reportOf(undone.value), recovery });
}

function blocks(remark: Remark, force: boolean): boolean {
  return remark.level === 'blocker' && !(force && remark.overridable === true);
}

function blockedBy(remark: Remark): Problem {
  const hint = remark.hint ?? (remark.overridable === true ? 'Use --force to go on in spite of it.' : undefined);
  return {
    code: remark.code ?? 'guest.needs-flag',
    message: remark.text,
    ...(hint === undefined ? {} : { hint }),
    where: remark.id,
  };
}

function failed(problem: Problem, report: ApplyReport | null): { readonly ok: false; readonly problem: ApplyFailure } {
  return { ok: false, problem: { ...problem, report } };
}
