// SPDX-License-Identifier: AGPL-3.0-or-later
import { type HistoryRun, readHistory } from '../../app/history.ts';
import type { StepState } from '../../core/plan/journal-run.ts';
import { visible } from '../../core/text/visible.ts';
import { refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { printView } from '../print-view.ts';
import { countOf } from '../request.ts';

/** How a run ended, for people. */
const STATES: { readonly [K in HistoryRun['state']]: string } = {
  running: 'broken off',
  undoing: 'broken off',
  applied: 'broken off',
  done: 'done',
  undone: 'taken back',
  incomplete: 'partly taken back',
};

export async function run(call: Call): Promise<number> {
  const { io, options } = call;
  const number = countOf(call.args[0], 'number of a run');
  const read = await readHistory(await call.context());
  if (!read.ok) return refuse(call, read.problem);
  const runs = number === undefined ? read.value.runs : read.value.runs.filter((one) => one.number === number);
  if (number !== undefined && runs.length === 0)
    return refuse(call, { code: 'usage', message: `There is no run ${number}.`, hint: 'pveigpu history lists them.' });
  const view = { ...read.value, runs };
  if (number !== undefined && options.json !== true) {
    for (const one of runs) io.out(oneRun(one));
    return EXIT.done;
  }
  const rows = runs.map((one) => [String(one.number), when(one.startedMs), STATES[one.state], one.title]);
  return printView(call, {
    kind: 'history',
    view,
    rows: [['RUN', 'WHEN', 'STATE', 'TITLE'], ...rows],
    none: 'Nothing has been done here yet.',
  });
}

/** One run with all its steps. */
function oneRun({ number, title, startedMs, state: how, steps, failure, user }: HistoryRun): string {
  const lines = steps.map(
    ({ state, subject, reason, note }) =>
      `  ${stepWord(state).padEnd(12)} ${subject} (${reason})${note === undefined ? '' : `: ${note}`}`,
  );
  return [
    `Run ${number}, ${when(startedMs)}, ${STATES[how]}: ${title}`,
    ...(user === undefined ? [] : [`  asked for by ${user}`]),
    ...(failure === undefined ? [] : [`  because: ${failure}`]),
    ...lines,
  ]
    .map((line) => `${visible(line)}\n`)
    .join('');
}

function stepWord(state: StepState): string {
  const words: { readonly [K in StepState]: string } = {
    planned: 'not begun',
    started: 'broken off',
    done: 'done',
    skipped: 'skipped',
    undone: 'taken back',
    left: 'left',
  };
  return words[state];
}

/** Local time to the minute. */
function when(ms: number): string {
  const date = new Date(ms);
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
