// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Remark } from '../plan/action.ts';
import { contradiction, isGiven, isGivenExactly, joinedWords } from './parameter-words.ts';
import type { PlacedWord } from './placed-words.ts';

/** The wanted words that others do not give, and what speaks against adding them. */
export function missingWords(
  theirs: readonly PlacedWord[],
  wanted: readonly string[],
  { force, source, replacing = [] }: { readonly force: boolean; readonly source: string; readonly replacing?: readonly string[] },
): { readonly missing: readonly string[]; readonly remarks: readonly Remark[] } {
  const usual = joinedWords(wanted).filter((word) => !isGiven(theirs, word));
  const missing = [...usual, ...replacing.filter((word) => !isGivenExactly(theirs, word))];
  // What replacing words stand against was said by who asked for them.
  const against = usual.flatMap((word) => {
    const other = contradiction(theirs, word);
    return other === undefined ? [] : [{ word, other }];
  });
  const remarks = against.map(({ word, other }): Remark => {
    const text = `You have ${other} in ${source}, and ${word} is needed.`;
    const id = 'boot.contradiction';
    // Without --force the plan does not run; with it ours stands behind theirs, and the kernel takes the last.
    return force
      ? { level: 'warning', id, text: `${text} Yours stays where it is, ours comes after it and counts.` }
      : { level: 'blocker', id, text, hint: `Take ${other} out, or use --force.`, overridable: true, code: 'plan.drift' };
  });
  return { missing, remarks };
}
