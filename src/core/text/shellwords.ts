// SPDX-License-Identifier: AGPL-3.0-or-later
import { isPerlSpace } from './perl-space.ts';

/** One word: its value without quotes, and where it stands in the text (`end` is exclusive). */
export interface ShellWord {
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

/**
 * Splits a text as Perl's `Text::ParseWords::shellwords` does, which PVE uses on `args:` (qemu-server QemuServer.pm). Undefined
 * when it can't be split (an unbalanced quote, a backslash at the end): Perl then gives no words at all, without an error.
 *
 * Differences to a shell: inside single quotes a backslash still protects the next quote but stays in the value; inside double
 * quotes a backslash is removed before any character; nothing is expanded.
 */
export function shellwords(text: string): readonly ShellWord[] | undefined {
  const words: ShellWord[] = [];
  let at = 0;
  for (;;) {
    while (at < text.length && isPerlSpace(text.charCodeAt(at))) at++;
    if (at >= text.length) return words;
    const word = wordAt(text, at);
    if (word === undefined) return undefined;
    words.push(word);
    at = word.end;
  }
}

function wordAt(text: string, start: number): ShellWord | undefined {
  let value = '';
  let at = start;
  while (at < text.length) {
    const character = text.charAt(at);
    if (isPerlSpace(text.charCodeAt(at))) break;
    if (character === '"' || character === "'") {
      const quoted = quotedAt(text, at, character);
      if (quoted === undefined) return undefined;
      value += quoted.value;
      at = quoted.end;
    } else if (character === '\\') {
      if (at + 1 >= text.length) return undefined;
      value += text.charAt(at + 1);
      at += 2;
    } else {
      value += character;
      at += 1;
    }
  }
  return { value, start, end: at };
}

function quotedAt(text: string, start: number, quote: string): { value: string; end: number } | undefined {
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === quote) return { value, end: at + 1 };
    if (character === '\\') {
      at += 1;
      if (at >= text.length) return undefined;
      value += quote === '"' ? text.charAt(at) : `\\${text.charAt(at)}`;
    } else {
      value += character;
    }
  }
  return undefined;
}

/** Quotes a word so that {@link shellwords} gives it back: as it is when nothing needs quoting, else in double quotes. */
export function shellQuote(word: string): string {
  if (word !== '' && !/[\s"'\\]/.test(word)) return word;
  return `"${word.replace(/["\\]/g, '\\$&')}"`;
}
