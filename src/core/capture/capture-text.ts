// SPDX-License-Identifier: AGPL-3.0-or-later
import { isPlain } from '../text/visible.ts';

/**
 * How words and bodies are written into a capture, so that a person can review it and every byte comes back.
 *
 * A body is `text` where that is readable and safe on a terminal (line ends `\n`, no other control characters), else
 * `json` (one string literal a piece), else `base64`. A text line that looks like a header gets a backslash in front.
 */
export type Encoding = 'text' | 'text-no-newline' | 'json' | 'base64';

export interface Body {
  readonly encoding: Encoding;
  readonly lines: readonly string[];
}

const LOOKS_LIKE_HEADER = /^\\*-- /;
const BASE64_COLUMNS = 100;

export function printBody(content: string | Uint8Array): Body {
  if (typeof content !== 'string') return { encoding: 'base64', lines: base64Lines(content) };
  if (!isPlain(content.replace(/[\n\t]/g, ''))) return { encoding: 'json', lines: content.split(/(?<=\n)/).map(asciiJson) };
  const lines = content.split('\n').map((line) => (LOOKS_LIKE_HEADER.test(line) ? `\\${line}` : line));
  if (lines.at(-1) === '') return { encoding: 'text', lines: lines.slice(0, -1) };
  return { encoding: 'text-no-newline', lines };
}

/** The content again, or undefined when the lines are not what the encoding writes. */
export function parseBody({ encoding, lines }: Body): string | Uint8Array | undefined {
  switch (encoding) {
    case 'base64':
      return parseBase64(lines.join(''));
    case 'json': {
      const pieces = lines.map(parseJsonString);
      return pieces.includes(undefined) ? undefined : pieces.join('');
    }
    case 'text':
      return lines.map((line) => `${unescapeLine(line)}\n`).join('');
    case 'text-no-newline':
      return lines.length === 0 ? undefined : lines.map(unescapeLine).join('\n');
  }
}

function unescapeLine(line: string): string {
  return line.startsWith('\\') && LOOKS_LIKE_HEADER.test(line) ? line.slice(1) : line;
}

/** A word of a header or a name on a line of its own: bare when it cannot be mistaken, else a JSON string. */
export function printWord(word: string): string {
  return /^[!#-Z^-~][!-Z^-~]*$/.test(word) && !/^(->|--)/.test(word) ? word : asciiJson(word);
}

/** The words of a header, bare or JSON strings, separated by single blanks; undefined when a string is broken. */
export function parseWords(text: string): readonly string[] | undefined {
  const words: string[] = [];
  const token = /("(?:[^"\\]|\\.)*"|[^" ][^ ]*)(?: |$)/y;
  while (token.lastIndex < text.length) {
    const match = token.exec(text);
    const word = match?.[1]?.startsWith('"') === true ? parseJsonString(match[1]) : match?.[1];
    if (word === undefined) return undefined;
    words.push(word);
  }
  return words;
}

function parseJsonString(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

function asciiJson(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function base64Lines(bytes: Uint8Array): string[] {
  let binary = '';
  for (let at = 0; at < bytes.length; at += 4096) binary += String.fromCharCode(...bytes.subarray(at, at + 4096));
  const text = btoa(binary);
  const lines: string[] = [];
  for (let at = 0; at < text.length; at += BASE64_COLUMNS) lines.push(text.slice(at, at + BASE64_COLUMNS));
  return lines;
}

function parseBase64(text: string): Uint8Array | undefined {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  try {
    return Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
  } catch {
    return undefined;
  }
}
