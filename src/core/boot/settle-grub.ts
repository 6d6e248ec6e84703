// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Remark } from '../plan/action.ts';
import { addWords } from './edit-words.ts';
import { GRUB_VARIABLE, GRUB_VARIABLES, grubWords, inGrubOrder, OWN_GRUB, ownGrubText } from './grub-defaults.ts';
import { missingWords } from './missing-words.ts';
import { isGiven, isGivenExactly, wordToAdd } from './parameter-words.ts';
import { type PlacedWord, placedWords } from './placed-words.ts';
import { evaluateShell, type ShellFile, type ShellState } from './shell-assignments.ts';
import { placeInAssignment } from './word-place.ts';

/** A file as it shall be, and the words in it that are ours. */
export interface SettledFile {
  readonly path: string;
  readonly text: string;
  readonly added: readonly string[];
  /** The whole file is ours. */
  readonly whole?: true;
}

/** What one loader's files shall be. */
export interface Settled {
  /** Those that differ from how others left them. */
  readonly files: readonly SettledFile[];
  readonly remarks: readonly Remark[];
}

/**
 * Our words for GRUB. An own snippet is enough unless something read after it sets the variable anew or says something else;
 * then the last assignment is edited. Which it is comes from evaluating the files with the change in them.
 */
export function settleGrub(
  theirs: readonly ShellFile[],
  wanted: readonly string[],
  { force, replacing = [] }: { readonly force: boolean; readonly replacing?: readonly string[] },
): Settled {
  const others = inGrubOrder(theirs.filter(({ path }) => path !== OWN_GRUB));
  const before = evaluateShell(others);
  const { missing, remarks } = missingWords(grubWords(before), wanted, { force, source: 'the configuration of GRUB', replacing });
  if (missing.length === 0) return { files: [], remarks };
  const said = [...remarks, ...failureRemarks(before), ...obscureRemarks(before)];
  const works = (files: readonly ShellFile[]) => {
    const words = grubWords(evaluateShell(inGrubOrder(files)));
    return missing.every((word) => (replacing.includes(word) ? isGivenExactly(words, word) : isGiven(words, word)));
  };
  const fresh = missing.map((word) => (replacing.includes(word) ? word : wordToAdd(grubWords(before), word)));
  const own = { path: OWN_GRUB, text: ownGrubText(fresh) };
  if (works([...others, own])) return { files: [{ ...own, added: fresh, whole: true }], remarks: said };
  const edited = editLast(others, before, missing, replacing);
  if (edited !== undefined && works(others.map((file) => (file.path === edited.path ? edited : file))))
    return { files: [edited], remarks: [...said, editRemark(edited.path)] };
  return { files: [], remarks: [...said, noPlaceRemark(before, missing)] };
}

function editLast(others: readonly ShellFile[], state: ShellState, missing: readonly string[], replacing: readonly string[]) {
  const last = state.assignments.filter(({ name }) => name === GRUB_VARIABLE).at(-1);
  const file = others.find(({ path }) => path === last?.path);
  if (last === undefined || file === undefined) return undefined;
  const earlier: readonly PlacedWord[] = placedWords(state.valueOf(GRUB_VARIABLES[0] ?? ''));
  return { path: file.path, ...addWords(file.text, placeInAssignment(file.text, last), missing, earlier, replacing) };
}

function editRemark(path: string): Remark {
  const text = `${path} sets ${GRUB_VARIABLE} after our own snippet is read, so our words go into that file.`;
  return { level: 'note', id: 'boot.grub-edited', text };
}

function failureRemarks({ failures }: ShellState): readonly Remark[] {
  return failures.slice(0, 1).map(({ path, line, text }) => ({
    level: 'blocker',
    id: 'boot.grub-fails',
    text: `update-grub would stop at ${path}:${line}: /bin/sh does not know what stands there (${JSON.stringify(text)}).`,
    hint: 'Write NAME="$NAME words" instead of NAME+=..., and end lines with a line feed alone.',
    overridable: true,
    code: 'format.unreadable',
  }));
}

function obscureRemarks({ notUnderstood }: ShellState): readonly Remark[] {
  return notUnderstood.slice(0, 1).map(({ path, line, text }) => ({
    level: 'note',
    id: 'boot.grub-partly-understood',
    text: `${path}:${line} is more than assignments (${JSON.stringify(text)}), so what it adds to the command line is not known.`,
  }));
}

function noPlaceRemark({ notUnderstood }: ShellState, missing: readonly string[]): Remark {
  const [place] = notUnderstood;
  const where = place === undefined ? '' : `, because of ${place.path}:${place.line}`;
  return {
    level: 'blocker',
    id: 'boot.grub-no-place',
    text: `No place was found in the configuration of GRUB where ${missing.join(' ')} would count${where}.`,
    hint: `Add the words to ${GRUB_VARIABLE} yourself, then run the command again.`,
    code: 'format.unreadable',
  };
}
