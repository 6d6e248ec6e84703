// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';

/**
 * The variables that `/etc/default/grub` and then `/etc/default/grub.d/*.cfg` set, in the order in which grub-mkconfig reads
 * them (grub util/grub-mkconfig.in). A failure of the shell is its message: grub-mkconfig then writes nothing.
 */
export function grubSettings(tree: FileTree): Map<string, string> | { readonly failure: string } {
  const values = new Map<string, string>();
  const snippets = (tree.names('/etc/default/grub.d') ?? []).filter((name) => name.endsWith('.cfg') && !name.startsWith('.'));
  for (const path of ['/etc/default/grub', ...snippets.map((name) => `/etc/default/grub.d/${name}`)]) {
    const failure = source(tree.text(path) ?? '', values);
    if (failure !== undefined) return { failure: `${path}: ${failure}` };
  }
  return values;
}

const ASSIGNMENT = /^(?:export\s+)?([A-Za-z_]\w*)=/;

/** Runs the assignments of a file as a POSIX shell would; anything else than assignments is beyond the simulated shell. */
function source(text: string, values: Map<string, string>): string | undefined {
  let rest = text;
  while (rest !== '') {
    rest = rest.replace(/^(?:[ \t\n;]|\\\n)+/, '');
    if (rest.startsWith('#')) {
      rest = rest.replace(/^[^\n]*/, '');
      continue;
    }
    if (rest === '') return undefined;
    const [whole = '', name = ''] = ASSIGNMENT.exec(rest) ?? [];
    if (name === '') return `syntax error near "${rest.split('\n')[0]}"`;
    const word = readWord(rest.slice(whole.length), values);
    if (word === undefined) return 'Syntax error: Unterminated quoted string';
    values.set(name, word.value);
    rest = word.rest;
  }
  return undefined;
}

interface Word {
  readonly value: string;
  readonly rest: string;
}

/** One word of the shell: quotes, escapes and variables, up to the next blank. */
function readWord(text: string, values: ReadonlyMap<string, string>): Word | undefined {
  let value = '';
  let rest = text;
  let quoted = false;
  while (rest !== '' && (quoted || !/^[\s;]/.test(rest))) {
    const single = quoted ? null : /^'([^']*)'/.exec(rest);
    const escaped = quoted ? /^\\([$`"\\])/.exec(rest) : /^\\([^\n])/.exec(rest);
    const variable = /^\$(?:\{(\w+)\}|([A-Za-z_]\w*))/.exec(rest);
    const command = /^(?:`[^`]*`|\$\([^)]*\))/.exec(rest);
    const taken = /^\\\n/.exec(rest) ?? single ?? escaped ?? variable ?? command;
    if (single !== null || escaped !== null) value += (single ?? escaped)?.[1] ?? '';
    else if (variable !== null) value += values.get(variable[1] ?? variable[2] ?? '') ?? '';
    // The only command in Debian's own file asks for the name of the distribution.
    else if (command !== null) value += 'Debian';
    else if (taken === null && rest.startsWith('"')) quoted = !quoted;
    else if (taken === null && !quoted && rest.startsWith("'")) return undefined;
    else if (taken === null) value += rest[0] ?? '';
    rest = rest.slice(taken?.[0].length ?? 1);
  }
  return quoted ? undefined : { value, rest };
}
