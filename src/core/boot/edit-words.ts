// SPDX-License-Identifier: AGPL-3.0-or-later
import { listToJoin, missingElements, withoutElements, wordToAdd } from './parameter-words.ts';
import { type PlacedWord, placedWords } from './placed-words.ts';
import type { ShellValue } from './shell-word.ts';

/** A stretch of a file that holds words of a kernel command line. */
export interface WordPlace {
  readonly value: ShellValue;
  /** Where new words go, and what stands around them there. */
  readonly insert: { readonly at: number; readonly head: string; readonly tail: string };
}

/** A text with words added, and these words: the least that gives back the text when they are taken out. */
export interface Edited {
  readonly text: string;
  readonly added: readonly string[];
}

interface Splice {
  readonly at: number;
  readonly remove: number;
  readonly insert: string;
}

/**
 * Adds words to a place. A list that would be replaced gets the missing elements in place; where it comes out of a variable it
 * is taken over as a whole. Words of `replacing` stand behind all others as they are. `before` are words that count before those of this place.
 */
export function addWords(
  text: string,
  place: WordPlace,
  wanted: readonly string[],
  before: readonly PlacedWord[],
  replacing: readonly string[] = [],
): Edited {
  const words = placedWords(place.value);
  const splices: Splice[] = [];
  const added: string[] = [];
  const fresh: string[] = [];
  for (const word of wanted) {
    if (replacing.includes(word)) {
      fresh.push(word);
      continue;
    }
    const list = listToJoin(words, word);
    if (list?.start !== undefined) {
      const elements = missingElements(list.text, word).join(',');
      splices.push({ at: list.start + list.text.length, remove: 0, insert: `,${elements}` });
      added.push(`${word.slice(0, word.indexOf('='))}=${elements}`);
    } else fresh.push(wordToAdd([...before, ...words], word));
  }
  const { at, head, tail } = place.insert;
  if (fresh.length > 0) splices.push({ at, remove: 0, insert: `${head}${fresh.join(' ')}${tail}` });
  return { text: spliced(text, splices), added: [...added, ...fresh] };
}

/** Takes words out of a place, each the last one of its kind, with the space before it; words that are not there any more are no trouble. */
export function removeWords(text: string, value: ShellValue, gone: readonly string[]): string {
  const words = placedWords(value);
  const whole = new Set<number>();
  const shorter = new Map<number, string>();
  for (const word of [...gone].reverse()) {
    for (let index = words.length - 1; index >= 0; index -= 1) {
      const one = words[index];
      if (one?.start === undefined || whole.has(index)) continue;
      const left = one.text === word ? '' : withoutElements(shorter.get(index) ?? one.text, word);
      if (left === undefined) continue;
      if (left === '') whole.add(index);
      else shorter.set(index, left);
      break;
    }
  }
  const splices: Splice[] = [...shorter].flatMap(([index, left]) => {
    const word = words[index];
    return whole.has(index) || word?.start === undefined ? [] : [{ at: word.start, remove: word.text.length, insert: left }];
  });
  for (const run of runsOf([...whole].sort((a, b) => a - b))) splices.push(...removalOf(text, value, words, run));
  return spliced(text, splices);
}

/** A run of neighbouring words goes together with the space before it, or after it at the start; with quotes that we put around it. */
function removalOf(text: string, value: ShellValue, words: readonly PlacedWord[], run: readonly number[]): readonly Splice[] {
  const placed = run.flatMap((index) => {
    const word = words[index];
    return word?.start === undefined ? [] : [{ start: word.start, end: word.start + word.text.length }];
  });
  const blocks: { start: number; end: number }[] = [];
  for (const one of placed) {
    const last = blocks.at(-1);
    if (last !== undefined && one.start === last.end + 1) last.end = one.end;
    else blocks.push({ ...one });
  }
  return blocks.map(({ start, end }) => {
    const isOwnQuote = value.some((part) => part !== 'unknown' && part.at === start - 1 && start - 1 + part.text.length === end);
    if (isOwnQuote && text.slice(start - 2, start) === '" ' && text[end] === '"')
      return { at: start - 2, remove: end + 1 - (start - 2), insert: '' };
    if (/[ \t]/.test(text[start - 1] ?? '')) return { at: start - 1, remove: end - start + 1, insert: '' };
    return { at: start, remove: end - start + (/[ \t]/.test(text[end] ?? '') ? 1 : 0), insert: '' };
  });
}

function runsOf(indexes: readonly number[]): readonly (readonly number[])[] {
  const runs: number[][] = [];
  for (const index of indexes) {
    const last = runs.at(-1);
    if (last !== undefined && last.at(-1) === index - 1) last.push(index);
    else runs.push([index]);
  }
  return runs;
}

/** Of two at one offset the first one given comes first in the text. */
function spliced(text: string, splices: readonly Splice[]): string {
  let result = text;
  for (const { at, remove, insert } of [...splices].reverse().sort((a, b) => b.at - a.at))
    result = result.slice(0, at) + insert + result.slice(at + remove);
  return result;
}
