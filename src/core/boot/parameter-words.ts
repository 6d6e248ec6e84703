// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PlacedWord } from './placed-words.ts';

/** How the kernel reads a parameter that stands more than once, or that has a list. */
type Rule =
  /** Each word replaces the one before it. */
  | 'last'
  /** A list with commas; each word replaces the list before it. */
  | 'last-list'
  /** Lists with commas that add up. */
  | 'all-lists';

/**
 * Parameters with rules of their own: `module_blacklist` (kernel/module/main.c), `initcall_blacklist` (init/main.c),
 * `modprobe.blacklist` (kmod), `pci` (drivers/pci/pci.c). All others replace what stood before.
 */
const RULES: { readonly [name: string]: Rule } = {
  module_blacklist: 'last-list',
  initcall_blacklist: 'all-lists',
  'modprobe.blacklist': 'all-lists',
  pci: 'all-lists',
};

/** Of these only some elements exclude each other; the others stand beside them (drivers/iommu/intel/iommu.c, arch/x86/kernel/pci-dma.c). */
const SWITCHES: { readonly [name: string]: readonly (readonly string[])[] } = {
  intel_iommu: [['on', 'off']],
  iommu: [
    ['pt', 'nopt'],
    ['off', 'force', 'noforce', 'soft'],
  ],
};

/** Words that we write: nothing that a shell, GRUB or the kernel would take apart. */
const PLAIN = /^[\w.-]+(=[\w.,:@+!/-]*)?$/;

/** Whether a word can be written into every loader's configuration as it is. */
export function isPlainWord(word: string): boolean {
  return PLAIN.test(word);
}

/** Words without repetitions; lists that would replace each other are one. */
export function joinedWords(words: readonly string[]): readonly string[] {
  const joined: string[] = [];
  for (const word of words) {
    const { name } = split(word);
    const at = ruleOf(name) === 'last-list' ? joined.findIndex((other) => split(other).name === name) : -1;
    const before = joined[at];
    if (before === undefined) joined.push(word);
    else joined[at] = [before, ...missingElements(before, word)].join(',');
  }
  return [...new Set(joined)];
}

/** Whether words already say what is wanted, as the kernel reads them from first to last. */
export function isGiven(words: readonly PlacedWord[], wanted: string): boolean {
  const { name, elements } = split(wanted);
  const same = sayings(words, name);
  // What only a shell could tell may replace it again.
  const last = same.at(-1);
  if (last === undefined) return false;
  if (ruleOf(name) === 'all-lists') return elements.every((element) => same.some((one) => one.elements.includes(element)));
  if (words.slice(last.index + 1).some((word) => !word.known)) return false;
  if (ruleOf(name) === 'last-list') return elements.every((element) => last.elements.includes(element));
  const switches = Object.hasOwn(SWITCHES, name) ? SWITCHES[name] : undefined;
  if (switches === undefined) return last.value === split(wanted).value;
  return elements.every((element) => winner(same, switches, element) === element);
}

/** Whether the last of such words is exactly the wanted one: for lists that shall be shorter than what others say. */
export function isGivenExactly(words: readonly PlacedWord[], wanted: string): boolean {
  const { name, value } = split(wanted);
  const last = sayings(words, name).at(-1);
  return last !== undefined && last.value === value && words.slice(last.index + 1).every((word) => word.known);
}

/** The word of others that says something else than what is wanted; undefined where nothing does. */
export function contradiction(words: readonly PlacedWord[], wanted: string): string | undefined {
  const { name, elements, value } = split(wanted);
  const same = sayings(words, name);
  if (ruleOf(name) !== 'last') return undefined;
  const switches = Object.hasOwn(SWITCHES, name) ? SWITCHES[name] : undefined;
  if (switches === undefined) {
    const last = same.at(-1);
    return last === undefined || last.value === value ? undefined : last.text;
  }
  const against = ({ elements: theirs }: Saying) =>
    elements.some((element) => theirs.some((other) => excludes(switches, element, other)));
  return same.filter(against).at(-1)?.text;
}

/** The word to add so that it says what is wanted and nothing that others say is lost: lists that replace are taken over. */
export function wordToAdd(words: readonly PlacedWord[], wanted: string): string {
  const { name, elements } = split(wanted);
  if (ruleOf(name) !== 'last-list') return wanted;
  const before = sayings(words, name).at(-1)?.elements ?? [];
  return `${name}=${[...new Set([...before, ...elements])].filter((element) => element !== '').join(',')}`;
}

/** The list that an element could be added to in place: the last word of that name, when lists replace each other. */
export function listToJoin(words: readonly PlacedWord[], wanted: string): PlacedWord | undefined {
  const { name } = split(wanted);
  if (ruleOf(name) !== 'last-list') return undefined;
  const last = sayings(words, name).at(-1);
  const word = last === undefined ? undefined : words[last.index];
  return word?.start !== undefined && /^[\w-]+=[\w.,-]*[\w-]$/.test(word.text) ? word : undefined;
}

/** The elements of a wanted list that a word does not have. */
export function missingElements(word: string, wanted: string): readonly string[] {
  const has = split(word).elements;
  return split(wanted).elements.filter((element) => !has.includes(element));
}

/** A word of a list without some elements, each taken away once from the end; undefined when it has not all of them, '' when nothing is left. */
export function withoutElements(word: string, gone: string): string | undefined {
  const [mine, theirs] = [split(gone), split(word)];
  if (mine.name !== theirs.name || ruleOf(mine.name) === 'last' || theirs.value === null) return undefined;
  const left = theirs.value.split(',');
  for (const element of [...mine.elements].reverse()) {
    const at = left.map(dashless).lastIndexOf(element);
    if (at < 0) return undefined;
    left.splice(at, 1);
  }
  return left.length === 0 ? '' : `${word.slice(0, word.indexOf('='))}=${left.join(',')}`;
}

interface Saying {
  readonly index: number;
  readonly text: string;
  readonly value: string | null;
  readonly elements: readonly string[];
}

function sayings(words: readonly PlacedWord[], name: string): readonly Saying[] {
  const end = words.findIndex((word) => word.text === '--');
  return words.slice(0, end < 0 ? undefined : end).flatMap((word, index) => {
    const one = split(word.text);
    return one.name === name ? [{ index, text: word.text, value: one.value, elements: one.elements }] : [];
  });
}

function winner(same: readonly Saying[], switches: readonly (readonly string[])[], element: string): string | undefined {
  return same
    .flatMap(({ elements }) => elements)
    .filter((other) => other === element || excludes(switches, element, other))
    .at(-1);
}

function excludes(switches: readonly (readonly string[])[], element: string, other: string): boolean {
  return element !== other && switches.some((group) => group.includes(element) && group.includes(other));
}

function ruleOf(name: string): Rule {
  return Object.hasOwn(RULES, name) ? (RULES[name] ?? 'last') : 'last';
}

/** Name with `_` for `-`, as the kernel compares names; the value, null for a bare word; its elements. */
function split(word: string): { readonly name: string; readonly value: string | null; readonly elements: readonly string[] } {
  const equals = word.indexOf('=');
  const name = dashless(equals < 0 ? word : word.slice(0, equals));
  const value = equals < 0 ? null : word.slice(equals + 1).replace(/^"(.*)"$/, '$1');
  return { name, value, elements: value === null ? [] : value.split(',').map(dashless) };
}

function dashless(text: string): string {
  return text.replaceAll('-', '_');
}
