// SPDX-License-Identifier: AGPL-3.0-or-later
import { type ModprobeDirective, modulesNamed, parseModprobeConfig, withoutNote } from '../modules/modprobe-config.ts';
import { normaliseModuleName, RELEVANT_MODULES } from '../modules/module-name.ts';
import { scrubText } from './scrub.ts';

const relevant = new Set(RELEVANT_MODULES);

/**
 * A `modprobe.d` file with the directives that name a module that matters, each on its own line so that line numbers stay.
 * Comments are gone, and so are commands of `install` that are not one of the usual few.
 */
export function keptModprobe(text: string): string {
  const lines: string[] = text.split('\n').map(() => '');
  for (const directive of parseModprobeConfig(text)) {
    if (modulesNamed(directive).some((name) => relevant.has(name))) lines[directive.line - 1] = keptDirective(directive);
  }
  return withoutTail(lines);
}

function keptDirective({ keyword, text, rest, module }: ModprobeDirective): string {
  if (keyword !== 'install' && keyword !== 'remove')
    return scrubText(withoutNote(text)).replace(/=\/(?!lib\/firmware\/)\S*/g, '=_');
  return /^(\/usr)?(\/bin\/)?(true|false)$/.test(rest) ? text : `${keyword} ${module} _`;
}

/** A `modules-load.d` file or `/etc/modules` with the modules that matter; line numbers stay. */
export function keptModulesLoad(text: string): string {
  const kept = (line: string) => {
    const words = line.trim().split(/\s+/);
    return relevant.has(normaliseModuleName(words[0] ?? '')) ? (words[0] ?? '') : '';
  };
  return withoutTail(text.split('\n').map(kept));
}

/** Empty lines count only in front of what is kept. */
function withoutTail(lines: readonly string[]): string {
  return lines.join('\n').replace(/^\n+$|(?<=\n)\n+$/, '');
}
