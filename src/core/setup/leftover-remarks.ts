// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Remark } from '../plan/action.ts';
import { type Leftover, shownText } from './leftovers/leftover.ts';
import type { LineOff } from './settle-files.ts';

/** What becomes of the leftovers: remarks, lines that are switched off, and what of those must go on to hold. */
export interface LeftoverAnswer {
  readonly remarks: readonly Remark[];
  readonly off: readonly LineOff[];
  readonly kept: readonly string[];
  /** Words for the end of the command line, which take away what stands there. */
  readonly counters: readonly string[];
}

/**
 * Says each leftover. One that breaks the mode blocks it; with `force` its line is switched off (and comes back when the mode is taken back), which
 * is done likewise with one that serves the mode when pveigpu takes over.
 */
export function answerLeftovers(
  found: readonly Leftover[],
  options: { readonly force: boolean; readonly takeOver: boolean; readonly switched: (one: Leftover) => boolean },
): LeftoverAnswer {
  const remarks: Remark[] = [];
  const off: LineOff[] = [];
  const kept: string[] = [];
  const counters: string[] = [];
  for (const one of found) {
    const { path, line, text, says, breaks, serves, keeps, remedy, counter } = one;
    const where = line === undefined ? path : `${path}:${line}`;
    const what = `${where} has "${shownText(one)}". ${says}`;
    const was = options.switched(one);
    const goesOff = (breaks !== undefined && (options.force || was)) || (serves === true && (options.takeOver || was));
    if (goesOff && line !== undefined) {
      const reason =
        serves === true
          ? 'pveigpu does this from now on'
          : 'the mode cannot work with this line; it comes back with "pveigpu apply host"';
      off.push(...text.split('\n').map((_, index) => ({ path, line: line + index, reason })));
      if (keeps !== undefined) kept.push(keeps);
      if (!was)
        remarks.push({ level: 'warning', id: one.id, text: `${what} The line is switched off until the mode is taken back.` });
    } else if (breaks !== undefined && counter !== undefined && (options.force || was)) {
      counters.push(counter);
      if (!was)
        remarks.push({
          level: 'warning',
          id: one.id,
          text: `${what} It stays there, and ${counter} behind it counts until the mode is taken back.`,
        });
    } else if (breaks !== undefined) {
      const hint =
        line === undefined
          ? (remedy ??
            `Take it out of the kernel command line${counter === undefined ? '.' : ', or have another word count with --force.'}`)
          : 'Take the line out, or have it switched off with --force.';
      remarks.push({
        level: 'blocker',
        id: one.id,
        text: `${what} ${breaks}`,
        hint,
        overridable: line !== undefined || counter !== undefined,
        code: 'plan.drift',
      });
    } else if (serves !== true) remarks.push({ level: 'note', id: one.id, text: what });
  }
  return { remarks, off, kept, counters };
}
