// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Completion } from '../command.ts';
import { type CommandPath, type CompletableOption, GENERAL_OPTIONS } from './command-paths.ts';

/** The completion script for fish 3, made from the command table. */
export function fishCompletion(paths: readonly CommandPath[]): string {
  const top = paths.filter(({ words }) => words.length === 1);
  const lines = [
    '# fish completion for pveigpu',
    'complete -c pveigpu -f',
    ...GENERAL_OPTIONS.map((option) => optionLine('__fish_use_subcommand', option)),
    ...top.map(({ words, summary }) => `complete -c pveigpu -n __fish_use_subcommand -a ${words[0]} -d '${quote(summary)}'`),
  ];
  for (const path of paths) {
    const seen = path.words.map((word) => `__fish_seen_subcommand_from ${word}`).join('; and ');
    const children = path.subs.filter(({ hidden }) => hidden !== true);
    const open =
      children.length > 0 ? `${seen}; and not __fish_seen_subcommand_from ${children.map(({ name }) => name).join(' ')}` : seen;
    for (const { name, summary } of children) lines.push(`complete -c pveigpu -n '${open}' -a ${name} -d '${quote(summary)}'`);
    for (const kind of new Set(path.positionals))
      if (kind !== 'none') lines.push(`complete -c pveigpu -n '${open}' ${values(kind)}`);
    for (const option of path.options) lines.push(optionLine(open, option));
  }
  return `${lines.join('\n')}\n`;
}

function optionLine(condition: string, { long, description, value }: CompletableOption): string {
  // a file wants -F, which goes with -r (a value follows) but not with -x (nothing but what is offered here)
  const takes = value === undefined ? '' : value === 'file' ? ' -r -F' : ` -x ${values(value)}`;
  return `complete -c pveigpu -n '${condition}' -l ${long.slice(2)} -d '${quote(description)}'${takes}`.trimEnd();
}

function values(kind: Completion): string {
  if (typeof kind !== 'string') return `-a '${kind.join(' ')}'`;
  if (kind === 'file') return '-F';
  if (kind === 'none') return '';
  return `-a '(pveigpu complete ${kind} 2>/dev/null)'`;
}

function quote(text: string): string {
  return text.replace(/\\/g, '\\\\').replace(/'/g, "\\'");
}
