// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Completion } from '../command.ts';
import type { CommandPath, CompletableOption } from './command-paths.ts';

/** The completion script for zsh 5, made from the command table. */
export function zshCompletion(paths: readonly CommandPath[]): string {
  return `#compdef pveigpu
${paths.map(functionOf).join('\n')}
_pveigpu() {
  local context state line
  typeset -A opt_args
  _arguments -C '--version[print the version]' '1: :->command' '*:: :->rest'
  case $state in
    command) ${describe(paths.filter(({ words }) => words.length === 1))} ;;
    rest) _call_function ret "_pveigpu_\${words[1]}" ;;
  esac
}
compdef _pveigpu pveigpu
`;

  function functionOf(path: CommandPath): string {
    const name = `_pveigpu_${path.words.join('_')}`;
    if (path.subs.length > 0) {
      const children = paths.filter(({ words }) => words.length === path.words.length + 1 && words[0] === path.words[0]);
      return `${name}() {
  local context state line
  typeset -A opt_args
  _arguments -C '1: :->command' '*:: :->rest'
  case $state in
    command) ${describe(children)} ;;
    rest) _call_function ret "${name}_\${words[1]}" ;;
  esac
}`;
    }
    const positional = path.positionals.map((kind, index) => `'${index + 1}: :${action(kind)}'`);
    return `${name}() {
  _arguments ${[...path.options.map(optionSpec), ...positional].join(' \\\n    ')}
}`;
  }
}

function describe(paths: readonly CommandPath[]): string {
  return `local -a names; names=(${paths.map(({ words, summary }) => `'${words.at(-1)}:${quote(summary)}'`).join(' ')}); _describe command names`;
}

function optionSpec({ long, description, value }: CompletableOption): string {
  return `'${long}[${quote(description).replace(/[[\]]/g, '\\$&')}]${value === undefined ? '' : `: :${action(value)}`}'`;
}

function action(kind: Completion): string {
  if (typeof kind !== 'string') return `(${kind.join(' ')})`;
  if (kind === 'file') return '_files';
  if (kind === 'none') return ' ';
  return `{local -a v; v=(\${(f)"$(pveigpu complete ${kind} 2>/dev/null)"}); compadd -a v}`;
}

function quote(text: string): string {
  return text.replace(/'/g, "'\\''").replace(/:/g, '\\:');
}
