// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Remark } from '../../plan/action.ts';
import { answerLeftovers } from '../leftover-remarks.ts';
import { type Leftover, shownText } from '../leftovers/leftover.ts';
import { findLeftovers } from '../leftovers/table.ts';
import { modeDriver } from '../mode-driver.ts';
import type { Others } from '../others.ts';
import type { SetupWorld } from '../setup-wish.ts';
import type { SetupCase } from '../wanted.ts';

/** What others left that a trial meets: remarks, and words for the end of its command line. */
export interface TrialLeftovers {
  readonly remarks: readonly Remark[];
  readonly counters: readonly string[];
}

/**
 * Says what others left, as a lasting plan does. On the command line the words of the trial stand last, so with `force` another value
 * of theirs counts for that boot; a line of a file stays as it is, since a trial changes none. What the trial says itself is no leftover.
 */
export function trialLeftovers(
  { facts }: SetupWorld,
  cases: readonly SetupCase[],
  others: Others,
  options: { readonly release: string; readonly force: boolean; readonly words: readonly string[] },
): TrialLeftovers {
  const found = cases.flatMap(({ device, mode, entry, backend }) =>
    findLeftovers({ facts, others, device, mode, driver: modeDriver(mode, entry, backend?.backend), release: options.release }),
  );
  const said = options.words.map((word) => word.split('=')[0]);
  const relevant = found.filter(({ counter }) => counter === undefined || !said.includes(counter.split('=')[0]));
  const onCmdline = relevant.filter(({ line }) => line === undefined);
  const answered = answerLeftovers(onCmdline, { force: options.force, takeOver: false, switched: () => false });
  const inFiles = relevant.filter(({ line, serves }) => line !== undefined && serves !== true).map(inFile);
  const remarks = [...inFiles, ...answered.remarks];
  const once = remarks.filter((one, index) => remarks.findIndex(({ text }) => text === one.text) === index);
  return { remarks: once, counters: [...new Set(answered.counters)] };
}

function inFile(leftover: Leftover): Remark {
  const { id, path, line, says, breaks } = leftover;
  const what = `${path}:${line} has "${shownText(leftover)}". ${says}`;
  if (breaks === undefined) return { level: 'note', id, text: what };
  const hint = 'A trial changes no file: take the line out first, or apply without --trial and with --force.';
  return { level: 'blocker', id, text: `${what} ${breaks}`, hint, overridable: false, code: 'plan.drift' };
}
