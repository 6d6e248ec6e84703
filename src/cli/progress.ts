// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ApplyOptions } from '../app/engine/apply-plan.ts';
import type { PlannedChange } from '../core/plan/diff-plan.ts';
import { visible } from '../core/text/visible.ts';
import type { Clock } from '../ports/clock-log.ts';
import type { Io } from './io.ts';
import { paint } from './style.ts';

/** A program that prints much is quoted this often at most, so that a task log stays readable. */
const QUOTE_MS = 2000;
/** Steps that take longer say how long they took. */
const WORTH_SAYING_MS = 1000;
/** How much of a program's output is shown when its step fails. */
const LAST_LINES = 15;

/** Progress of one apply. */
export interface Progress extends Required<Pick<ApplyOptions, 'onStep' | 'onOutput'>> {
  /** Shows the end of what the failed program printed. */
  showTail(): void;
}

/**
 * Says `step 3 of 9` with what it does, now and then the newest line of a long program with the time so far, and how long the step took.
 * Whole lines only, without moving the cursor: it is read in task logs and journals as well.
 */
export function progressOf(io: Io, clock: Pick<Clock, 'nowMs'>, changes: readonly PlannedChange[]): Progress {
  let [startedMs, quotedMs] = [clock.nowMs(), 0];
  let lines: readonly string[] = [];
  let rest = '';
  const seconds = () => `${Math.round((clock.nowMs() - startedMs) / 1000)} s`;
  return {
    onStep: ({ reason, state }, index, total) => {
      if (state === 'started') {
        [startedMs, quotedMs, lines, rest] = [clock.nowMs(), clock.nowMs(), [], ''];
        const subject = changes[index]?.subject;
        const what = subject === undefined ? reason : `${subject} (${reason})`;
        io.out(`${paint(io, 'accent', `step ${index + 1} of ${total}:`)} ${visible(what)}\n`);
      } else if (state === 'skipped') io.out('  nothing to do here\n');
      else if (clock.nowMs() - startedMs >= WORTH_SAYING_MS) io.out(`  done after ${seconds()}\n`);
    },
    onOutput: (_stream, text) => {
      const pieces = `${rest}${text}`.split(/[\r\n]+/);
      rest = pieces.pop() ?? '';
      lines = [...lines, ...pieces.filter((line) => line.trim() !== '')].slice(-LAST_LINES);
      const newest = lines.at(-1);
      if (newest === undefined || clock.nowMs() - quotedMs < QUOTE_MS) return;
      quotedMs = clock.nowMs();
      io.out(paint(io, 'dim', `  ${seconds()}: ${visible(newest.trim(), io.columns - 10)}`).concat('\n'));
    },
    showTail: () => {
      for (const line of [...lines, ...(rest.trim() === '' ? [] : [rest])]) io.err(`  | ${visible(line)}\n`);
    },
  };
}
