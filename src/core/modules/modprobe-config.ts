// SPDX-License-Identifier: AGPL-3.0-or-later
import { parseCmdline } from '../boot/cmdline.ts';
import { normaliseModuleName } from './module-name.ts';

/** One directive of a `modprobe.d` file, with the number of its first line and its text with continuations joined. */
export interface ModprobeDirective {
  readonly line: number;
  readonly text: string;
  readonly keyword: string;
  /** The module that it is about, name with `_`; for `alias` the module that the alias leads to. */
  readonly module: string;
  /** What follows the module: option words, dependencies or a command. */
  readonly rest: string;
}

const KEYWORDS = new Set(['options', 'blacklist', 'softdep', 'weakdep', 'install', 'remove', 'alias']);

/**
 * Reads a file of `modprobe.d` as kmod does (kmod libkmod-config.c): a backslash at a line's end joins it with the next,
 * lines that start with `#` are comments. Lines that kmod would complain about are left out.
 */
export function parseModprobeConfig(text: string): readonly ModprobeDirective[] {
  return joinedLines(text).flatMap(({ line, text: joined }) => {
    if (joined.startsWith('#')) return [];
    const [, keyword = '', first = '', rest = ''] = /^[ \t]*(\S+)[ \t]+(\S+)[ \t]*([\s\S]*)$/.exec(joined) ?? [];
    if (!KEYWORDS.has(keyword) || (keyword === 'alias' && rest === '')) return [];
    const module = normaliseModuleName(keyword === 'alias' ? (rest.split(/[ \t]/)[0] ?? '') : first);
    return [{ line, text: joined, keyword, module, rest: rest.trim() }];
  });
}

/** The modules that a `softdep` wants before and after; both empty for another directive. */
export function softDependencies(directive: ModprobeDirective): {
  readonly pre: readonly string[];
  readonly post: readonly string[];
} {
  const lists: { pre: string[]; post: string[] } = { pre: [], post: [] };
  let into: string[] | undefined;
  for (const word of directive.keyword === 'softdep' ? directive.rest.split(/[ \t]+/) : []) {
    if (word === 'pre:') into = lists.pre;
    else if (word === 'post:') into = lists.post;
    else if (word !== '') into?.push(normaliseModuleName(word));
  }
  return lists;
}

/** Every module that a directive names: its subject and what a `softdep` pulls in. */
export function modulesNamed(directive: ModprobeDirective): readonly string[] {
  const { pre, post } = softDependencies(directive);
  return [directive.module, ...pre, ...post];
}

/** A directive without the note that people write behind it: kmod knows no comment there, but nobody means it as an option. */
export function withoutNote(text: string): string {
  return text.replace(/[ \t]+#[\s\S]*$/, '');
}

/** The options that `modprobe` would pass to a module, last one winning; null for a bare word. */
export function optionsFor(directives: readonly ModprobeDirective[], module: string): { readonly [name: string]: string | null } {
  const wanted = normaliseModuleName(module);
  const words = directives
    .filter(({ keyword, module: subject }) => keyword === 'options' && subject === wanted)
    .flatMap(({ rest }) => parseCmdline(rest).parameters);
  return Object.fromEntries(words.map(({ name, value }) => [name.replaceAll('-', '_'), value]));
}

/** Modules that `modprobe` never loads by alias: `blacklist NAME`, or `install NAME /bin/false` and `/bin/true`. */
export function blacklisted(directives: readonly ModprobeDirective[]): readonly string[] {
  return directives
    .filter(
      ({ keyword, rest }) => keyword === 'blacklist' || (keyword === 'install' && /^(\/usr)?(\/bin\/)?(false|true)\b/.test(rest)),
    )
    .map(({ module }) => module);
}

function joinedLines(text: string): readonly { readonly line: number; readonly text: string }[] {
  const joined: { line: number; text: string }[] = [];
  let open: { line: number; text: string } | undefined;
  text.split('\n').forEach((raw, index) => {
    const line = raw.replace(/\r$/, '');
    const continues = line.endsWith('\\');
    const part = continues ? line.slice(0, -1) : line;
    const current: { line: number; text: string } = open ?? { line: index + 1, text: '' };
    current.text += part;
    open = continues ? current : undefined;
    if (!continues) joined.push(current);
  });
  if (open !== undefined) joined.push(open);
  return joined;
}
