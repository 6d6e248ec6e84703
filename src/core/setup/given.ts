// SPDX-License-Identifier: AGPL-3.0-or-later
import { optionsFor, parseModprobeConfig } from '../modules/modprobe-config.ts';
import { normaliseModuleName } from '../modules/module-name.ts';
import { modprobeFiles, moduleLists, type Others } from './others.ts';
import { OWN_MODPROBE } from './own-path.ts';
import type { WantedOption } from './wanted.ts';

/** The value that others give to an option, and where. */
export interface GivenValue {
  readonly value: string;
  /** `/proc/cmdline`, or a file with its line. */
  readonly source: string;
  /**
   * Whether our own file could change it: the command line counts after modprobe.d, and there a file with a later name counts
   * after ours.
   */
  readonly place: 'cmdline' | 'before-ours' | 'after-ours';
  readonly path?: string;
  readonly line?: number;
}

/** Every value that others give to an option of a module, the one that counts last. */
export function givenValues(others: Others, module: string, name: string): readonly GivenValue[] {
  const found: GivenValue[] = [];
  for (const { path, text } of modprobeFiles(others.files)) {
    const place = nameOf(path) > nameOf(OWN_MODPROBE) ? 'after-ours' : 'before-ours';
    for (const directive of parseModprobeConfig(text)) {
      const value = optionsFor([directive], module)[name];
      if (value === undefined) continue;
      found.push({ value: value ?? '1', source: `${path}:${directive.line}`, place, path, line: directive.line });
    }
  }
  for (const word of others.words) {
    const [key = '', ...rest] = word.split('=');
    const [subject = '', option = ''] = key.split('.');
    if (normaliseModuleName(subject) !== normaliseModuleName(module) || option.replaceAll('-', '_') !== name) continue;
    found.push({ value: rest.length === 0 ? '1' : rest.join('='), source: '/proc/cmdline', place: 'cmdline' });
  }
  return found;
}

/** Whether a value does what an option is wanted for. */
export function fits({ fits: rule, value: wanted }: Pick<WantedOption, 'fits' | 'value'>, value: string): boolean {
  if (rule === 'word') return probeWords(value).includes(wanted.toLowerCase());
  const number = Number(value);
  const isNumber = value.trim() !== '' && Number.isInteger(number);
  if (rule === 'equal')
    return value === wanted || (isNumber && number === Number(wanted)) || (wanted === '1' && /^y(es)?$/i.test(value));
  if (!isNumber || number < 0) return false;
  if (rule === 'at-least') return number >= Number(wanted);
  return number % 2 === (rule === 'odd' ? 1 : 0);
}

/** The ids in a `force_probe` list, as the drivers read them: `0x` and capitals make no difference. */
export function probeWords(value: string): readonly string[] {
  return value
    .toLowerCase()
    .split(',')
    .map((word) => word.trim().replace(/^(!?)0x/, '$1'))
    .filter((word) => word !== '');
}

/** Whether others keep a module from loading at all, and where: then it need not be told to leave an id alone. */
export function forbiddenBy(others: Others, module: string): string | undefined {
  const wanted = normaliseModuleName(module);
  for (const word of others.words) {
    const [, list] = /^(?:module_blacklist|modprobe\.blacklist)=(.*)$/.exec(word) ?? [];
    if ((list ?? '').split(',').map(normaliseModuleName).includes(wanted)) return '/proc/cmdline';
  }
  for (const { path, text } of modprobeFiles(others.files)) {
    const line = parseModprobeConfig(text).find(
      ({ keyword, module: subject, rest }) =>
        subject === wanted && (keyword === 'blacklist' || (keyword === 'install' && /^(\/usr)?\/bin\/(true|false)\b/.test(rest))),
    );
    if (line !== undefined) return `${path}:${line.line}`;
  }
  return undefined;
}

/** Where others have a module loaded at boot. */
export function loadedBy(others: Others, module: string): string | undefined {
  const wanted = normaliseModuleName(module);
  for (const { path, text } of moduleLists(others.files)) {
    const index = text.split('\n').findIndex(
      (line) =>
        normaliseModuleName(
          line
            .replace(/[#;].*/, '')
            .trim()
            .split(/\s+/)[0] ?? '',
        ) === wanted,
    );
    if (index >= 0) return `${path}:${index + 1}`;
  }
  return undefined;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
