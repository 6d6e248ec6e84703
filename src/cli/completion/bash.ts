// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Completion } from '../command.ts';
import type { CommandPath } from './command-paths.ts';

/** The completion script for bash 5, made from the command table. */
export function bashCompletion(paths: readonly CommandPath[]): string {
  const top = paths.filter(({ words }) => words.length === 1).map(({ words }) => words[0]);
  return `# bash completion for pveigpu
_pveigpu() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path='' positional=0 i word
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case \${COMP_WORDS[i-1]} in ${valued(paths)}) continue ;; esac
    case "$path|$word" in
${paths.map(({ words }) => `      '${words.slice(0, -1).join(' ')}|${words.at(-1)}') path='${words.join(' ')}' ;;`).join('\n')}
      *'|-'*) ;;
      *) positional=$((positional + 1)) ;;
    esac
  done
  case "$path|$prev" in
${paths.flatMap(optionValues).join('\n')}
  esac
  if [[ $cur == -* ]]; then
    case $path in
${paths.map(({ words, options }) => `      '${words.join(' ')}') COMPREPLY=($(compgen -W '${options.map(({ long }) => long).join(' ')}' -- "$cur")) ;;`).join('\n')}
      '') COMPREPLY=($(compgen -W '--help --version --host --root' -- "$cur")) ;;
    esac
    return
  fi
  case "$path|$positional" in
${paths.flatMap(positionals).join('\n')}
    '|0') COMPREPLY=($(compgen -W '${top.join(' ')}' -- "$cur")) ;;
  esac
}
complete -F _pveigpu pveigpu
`;
}

/** Options whose next word is their value, as a pattern. */
function valued(paths: readonly CommandPath[]): string {
  const all = paths.flatMap(({ options }) => options.filter(({ value }) => value !== undefined).map(({ long }) => long));
  return [...new Set(all)].join('|');
}

function optionValues({ words, options }: CommandPath): string[] {
  return options
    .filter(({ value }) => value !== undefined)
    .map(({ long, value }) => `    '${words.join(' ')}|${long}') ${reply(value ?? 'none')}; return ;;`);
}

function positionals({ words, subs, positionals: kinds }: CommandPath): string[] {
  const visible = subs.filter(({ hidden }) => hidden !== true).map(({ name }) => name);
  if (visible.length > 0) return [`    '${words.join(' ')}|0') ${reply(visible)} ;;`];
  return kinds.map((kind, index) => `    '${words.join(' ')}|${index}') ${reply(kind)} ;;`);
}

function reply(kind: Completion): string {
  if (typeof kind !== 'string') return `COMPREPLY=($(compgen -W '${kind.join(' ')}' -- "$cur"))`;
  if (kind === 'file') return 'COMPREPLY=($(compgen -f -- "$cur"))';
  if (kind === 'none') return 'COMPREPLY=()';
  return `COMPREPLY=($(compgen -W "$(pveigpu complete ${kind} 2>/dev/null)" -- "$cur"))`;
}
