// SPDX-License-Identifier: AGPL-3.0-or-later
import { subjectOf } from '../core/plan/diff-plan.ts';
import type { RunState } from '../core/plan/journal-run.ts';
import { ok, type Result } from '../core/problem.ts';
import type { Context } from './context.ts';
import { readRun, runNumbers } from './engine/journal.ts';
import { reportOf, type StepReport } from './engine/report.ts';

/** One step of a run, with what it changed. */
export interface HistoryStep extends StepReport {
  /** A path, a unit, a guest: as in a plan. */
  readonly subject: string;
}

/** One run of the journal as it is shown. */
export interface HistoryRun {
  readonly number: number;
  readonly title: string;
  /** Milliseconds since 1970, UTC. */
  readonly startedMs: number;
  readonly state: RunState;
  readonly steps: readonly HistoryStep[];
  /** Why it was undone. */
  readonly failure?: string;
  /** Who asked for it in the panel. */
  readonly user?: string;
}

/** All runs that the journal still holds: a JSON value. */
export interface HistoryView {
  readonly format: 1;
  /** Oldest first. */
  readonly runs: readonly HistoryRun[];
  /** Journal files that could not be read, each with the reason. */
  readonly unknown: readonly string[];
}

/** What was done on this machine and when. A run that cannot be read is named and left out. */
export async function readHistory({ host }: Pick<Context, 'host'>): Promise<Result<HistoryView>> {
  const numbers = await runNumbers(host);
  if (!numbers.ok) return numbers;
  const runs: HistoryRun[] = [];
  const unknown: string[] = [];
  for (const number of numbers.value) {
    const run = await readRun(host, number);
    if (!run.ok) {
      unknown.push(run.problem.message);
      continue;
    }
    const { title, startedMs, state, failure, user } = run.value;
    const steps = reportOf(run.value).steps.map((step, at) => {
      const done = run.value.steps[at]?.step;
      return { ...step, subject: done === undefined ? step.action : subjectOf(done) };
    });
    const more = { ...(failure === undefined ? {} : { failure }), ...(user === undefined ? {} : { user }) };
    runs.push({ number, title, startedMs, state, steps, ...more });
  }
  return ok({ format: 1, runs, unknown });
}
