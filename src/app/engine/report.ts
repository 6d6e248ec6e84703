// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ActionName } from '../../core/plan/action.ts';
import type { JournalRun, StepState } from '../../core/plan/journal-run.ts';
import type { Problem } from '../../core/problem.ts';

/** What became of one step, for people and for `--json`. */
export interface StepReport {
  readonly action: ActionName;
  readonly reason: string;
  readonly state: StepState;
  /** Why it could not be undone. */
  readonly note?: string;
}

/** What became of one run. */
export interface RunReport {
  /** Its number in the journal, null when there was nothing to do. */
  readonly run: number | null;
  readonly title: string;
  readonly steps: readonly StepReport[];
}

/** What was done about a run that had been broken off. */
export interface Recovery extends RunReport {
  /** `finished`: all steps had been done; `undone`: taken back; `incomplete`: some steps could not be taken back. */
  readonly outcome: 'finished' | 'undone' | 'incomplete';
}

/** A successful apply, with what was done about a broken earlier run. */
export interface ApplyReport extends RunReport {
  readonly recovery: Recovery | null;
}

/** A failed apply: why, and what became of each step. */
export interface ApplyFailure extends Problem {
  readonly report: ApplyReport | null;
}

/** The report of a run as it stands in the journal. */
export function reportOf(run: JournalRun): RunReport {
  return {
    run: run.number,
    title: run.title,
    steps: run.steps.map(({ step, state, note }) => ({
      action: step.action,
      reason: step.reason,
      state,
      ...(note === undefined ? {} : { note }),
    })),
  };
}
