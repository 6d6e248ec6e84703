// SPDX-License-Identifier: AGPL-3.0-or-later
import { problem, type Result } from '../problem.ts';
import { isPerlSpace } from '../text/perl-space.ts';
import { type ShellWord, shellQuote, shellwords } from '../text/shellwords.ts';

/** The value of `args:` and where each of its words stands. */
export interface ArgsLine {
  readonly text: string;
  readonly words: readonly ShellWord[];
}

/** Splits an `args:` value as PVE does. Fails with `guest.config` when it cannot be split: PVE then passes nothing of it to QEMU. */
export function parseArgs(text: string): Result<ArgsLine> {
  const words = shellwords(text);
  if (words !== undefined) return { ok: true, value: { text, words } };
  return problem(
    'guest.config',
    'The args line has an unbalanced quote or ends in a backslash, so PVE passes nothing of it to QEMU.',
    {
      hint: 'Correct it with qm set ID --args, then try again.',
    },
  );
}

/** The text of the line, byte for byte. */
export function printArgs(line: ArgsLine): string {
  return line.text;
}

/**
 * The line with words added at its end, each quoted where needed. {@link removeWords} of the same words gives the line back byte for
 * byte. PVE takes one pair of double quotes off an `args` value that starts and ends with one, so a word that needs quotes must not
 * come both first and last; words of ours need none.
 */
export function appendWords(line: ArgsLine, words: readonly string[]): ArgsLine {
  const added = words.map(shellQuote).join(' ');
  const text = line.text === '' || added === '' ? `${line.text}${added}` : `${line.text} ${added}`;
  return { text, words: shellwords(text) ?? [] };
}

/** The line without the last run of exactly these words and one blank beside it, all else byte for byte; undefined when it has none. */
export function removeWords(line: ArgsLine, words: readonly string[]): ArgsLine | undefined {
  const at = lastRun(line.words, words);
  const first = line.words[at];
  const last = line.words[at + words.length - 1];
  if (at < 0 || first === undefined || last === undefined) return undefined;
  let { start } = first;
  let { end } = last;
  if (start > 0 && isPerlSpace(line.text.charCodeAt(start - 1))) start -= 1;
  else if (isPerlSpace(line.text.charCodeAt(end))) end += 1;
  const text = line.text.slice(0, start) + line.text.slice(end);
  return { text, words: shellwords(text) ?? [] };
}

/** Whether the line has a run of exactly these words. */
export function hasWords(line: ArgsLine, words: readonly string[]): boolean {
  return lastRun(line.words, words) >= 0;
}

function lastRun(line: readonly ShellWord[], words: readonly string[]): number {
  if (words.length === 0) return -1;
  for (let at = line.length - words.length; at >= 0; at--) {
    if (words.every((word, offset) => line[at + offset]?.value === word)) return at;
  }
  return -1;
}
