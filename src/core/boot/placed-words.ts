// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ShellValue } from './shell-word.ts';

/** A word of a kernel command line and where it stands in a file. */
export interface PlacedWord {
  readonly text: string;
  /** False when a part of it is what only a shell could tell. */
  readonly known: boolean;
  /** Offset of its first character, when all of it stands in the file as such and in one piece. */
  readonly start?: number;
}

interface Character {
  readonly text: string;
  readonly at: number | null;
  readonly known: boolean;
}

/** Splits a value into words as the kernel does (lib/cmdline.c, next_arg): at white space outside of double quotes. */
export function placedWords(value: ShellValue): readonly PlacedWord[] {
  const words: PlacedWord[] = [];
  let word: Character[] = [];
  let quoted = false;
  const finish = () => {
    if (word.length > 0) words.push(placed(word));
    word = [];
  };
  for (const character of charactersOf(value)) {
    if (!quoted && /[ \t\n\v\f\r]/.test(character.text)) finish();
    else word.push(character);
    if (character.text === '"') quoted = !quoted;
  }
  finish();
  return words;
}

function placed(word: readonly Character[]): PlacedWord {
  const text = word.map((character) => character.text).join('');
  const known = word.every((character) => character.known);
  const start = word[0]?.at ?? null;
  const inOnePiece = known && start !== null && word.every(({ at }, index) => at === start + index);
  return { text, known, ...(inOnePiece ? { start } : {}) };
}

function charactersOf(value: ShellValue): readonly Character[] {
  return value.flatMap((part): readonly Character[] => {
    if (part === 'unknown') return [{ text: '', at: null, known: false }];
    return [...Array(part.text.length).keys()].map((index) => ({
      text: part.text[index] ?? '',
      at: part.at === null ? null : part.at + index,
      known: true,
    }));
  });
}
