// SPDX-License-Identifier: AGPL-3.0-or-later

import { type ModprobeDirective, parseModprobeConfig } from '../../modules/modprobe-config.ts';
import { normaliseModuleName } from '../../modules/module-name.ts';
import { modprobeFiles, type Others } from '../others.ts';

/** A directive of modprobe.d with the file that it stands in. */
export interface PlacedDirective extends ModprobeDirective {
  readonly path: string;
}

/** All directives of modprobe.d that others wrote, in kmod's order. */
export function directivesOf(others: Others): readonly PlacedDirective[] {
  return modprobeFiles(others.files).flatMap(({ path, text }) =>
    parseModprobeConfig(text).map((directive) => ({ ...directive, path })),
  );
}

/** A place where an option of a module is set: a directive, or a word of the command line. */
export interface OptionPlace {
  readonly path: string;
  readonly line?: number;
  readonly text: string;
  readonly value: string;
}

/** Everywhere that others set an option of a module. */
export function optionPlaces(others: Others, module: string, name: string): readonly OptionPlace[] {
  const wanted = normaliseModuleName(module);
  const inFiles = directivesOf(others).flatMap((directive): OptionPlace[] => {
    if (directive.keyword !== 'options' || directive.module !== wanted) return [];
    const words = directive.rest.split(/\s+/).filter((one) => one === name || one.startsWith(`${name}=`));
    const word = words.at(-1);
    if (word === undefined) return [];
    const { path, line, text } = directive;
    return [{ path, line, text, value: word === name ? '1' : word.slice(name.length + 1) }];
  });
  const onCmdline = others.words.flatMap((word): OptionPlace[] => {
    const [, subject = '', option = '', value = '1'] = /^([\w-]+)\.([\w-]+)(?:=(.*))?$/.exec(word) ?? [];
    if (normaliseModuleName(subject) !== wanted || option !== name) return [];
    return [{ path: '/proc/cmdline', text: word, value }];
  });
  return [...inFiles, ...onCmdline];
}
