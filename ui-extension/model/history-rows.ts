// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Say } from './texts/say.ts';
import type { Tone } from './tone.ts';
import type { HistoryRun, HistoryStep, HistoryValue } from './values.ts';

/** One run of the history as it is shown. */
export interface HistoryRow {
  readonly number: number;
  readonly title: string;
  readonly time: string;
  readonly user: string;
  readonly tone: Tone;
  readonly state: string;
  readonly failure: string | null;
  readonly steps: readonly {
    readonly title: string;
    readonly subject: string;
    readonly reason: string;
    readonly state: string;
    readonly note: string;
  }[];
  /** Whether one can go back to before it. */
  readonly canGoBack: boolean;
}

const TONES: { readonly [S in HistoryRun['state']]: Tone } = {
  done: 'good',
  undone: 'none',
  incomplete: 'critical',
  running: 'warning',
  undoing: 'warning',
  applied: 'warning',
};

/** What a way back to before one run does not take back: guests and pools have their own, and a note of a reboot is no change. */
const ELSEWHERE: ReadonlySet<HistoryStep['action']> = new Set([
  ...(['setGuestConfig', 'forgetGuest', 'createPool', 'updatePool', 'removePool', 'noteReboot'] as const),
]);

/** The runs, newest first. `timeText` writes a time of milliseconds since 1970 for people. */
export function historyRows(
  { runs }: Pick<HistoryValue, 'runs'>,
  say: Say,
  timeText: (ms: number) => string,
): readonly HistoryRow[] {
  const rows = runs.map((run) => ({
    number: run.number,
    title: run.title,
    time: timeText(run.startedMs),
    user: run.user ?? '',
    tone: TONES[run.state],
    state: say(`run.${run.state}`),
    failure: run.failure ?? null,
    steps: run.steps.map((step) => stepRow(step, say)),
    canGoBack: run.state === 'done' && run.steps.some(({ state, action }) => state === 'done' && !ELSEWHERE.has(action)),
  }));
  return rows.reverse();
}

function stepRow({ action, subject, reason, state, note }: HistoryStep, say: Say): HistoryRow['steps'][number] {
  return { title: say(`action.${action}`), subject, reason, state: say(`step.${state}`), note: note ?? '' };
}
