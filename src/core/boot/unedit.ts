// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileEdit } from '../plan/file-edit.ts';
import { addWords, removeWords } from './edit-words.ts';
import { GRUB_VARIABLE } from './grub-defaults.ts';
import { evaluateShell } from './shell-assignments.ts';
import { placeInAssignment, placeInCmdline } from './word-place.ts';

/**
 * Takes only what is ours out of a file that somebody changed since, and puts back what we took out. On the text as we left it
 * the result is the text before us, byte for byte. Words and lines that are gone already are no trouble.
 */
export function uneditFile(text: string, edit: FileEdit): string {
  if (edit.kind === 'lines') return uneditLines(text, edit.added, edit.removed);
  return edit.format === 'kernel-cmdline' ? uneditCmdline(text, edit) : uneditGrub(text, edit);
}

type Words = Pick<FileEdit, 'added' | 'removed'>;

function uneditCmdline(text: string, { added, removed }: Words): string {
  const place = placeInCmdline(text);
  const without = place === undefined ? text : removeWords(text, place.value, added);
  const again = placeInCmdline(without);
  return again === undefined || removed.length === 0 ? without : addWords(without, again, removed, []).text;
}

/** In whichever assignment the words are now, the last one first. */
function uneditGrub(text: string, { added, removed }: Words): string {
  let now = text;
  for (const word of [...added].reverse()) {
    for (const { value } of [...lastOf(now)].reverse()) {
      const without = removeWords(now, value, [word]);
      if (without === now) continue;
      now = without;
      break;
    }
  }
  const place = lastOf(now).at(-1);
  return place === undefined || removed.length === 0 ? now : addWords(now, placeInAssignment(now, place), removed, []).text;
}

function lastOf(text: string) {
  return evaluateShell([{ path: '', text }]).assignments.filter(({ name }) => name === GRUB_VARIABLE);
}

/** A replaced line (one added, one removed, in the same order) goes back into its place; others are taken out, or put at the end. */
function uneditLines(text: string, added: readonly string[], removed: readonly string[]): string {
  const isPaired = added.length === removed.length;
  const lines = text.split('\n');
  const missing: string[] = [];
  for (const [index, line] of added.entries()) {
    const at = lines.findIndex((one) => one.replace(/\r$/, '') === line);
    if (at < 0) continue;
    const back = isPaired ? removed[index] : undefined;
    if (back === undefined) lines.splice(at, 1);
    else lines[at] = lines[at]?.endsWith('\r') === true ? `${back}\r` : back;
  }
  if (!isPaired) missing.push(...removed.filter((line) => !lines.some((one) => one.replace(/\r$/, '') === line)));
  if (missing.length === 0) return lines.join('\n');
  return [...(lines.at(-1) === '' ? lines.slice(0, -1) : lines), ...missing, ''].join('\n');
}
