// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { optionsFor, parseModprobeConfig } from '../modules/modprobe-config.ts';
import { blacklisted } from './blacklist.ts';

/** The value that a module's option is given already: on the kernel command line, which modprobe puts last, else in modprobe.d. */
export function givenOption(facts: HostFacts, module: string, name: string): string | undefined {
  const words = (ifKnown(facts.kernel)?.cmdline ?? '').split(/\s+/);
  const prefix = `${module}.${name}=`;
  const onCmdline = words.filter((word) => word.startsWith(prefix)).pop();
  if (onCmdline !== undefined) return onCmdline.slice(prefix.length);
  const lines = (ifKnown(facts.modules)?.configLines ?? []).map((line) => line.text);
  return optionsFor(parseModprobeConfig(lines.join('\n')), module)[name] ?? undefined;
}

/** Whether `force_probe` of a module names an id, with `!` in front for "never"; 0x in front of the id is the same to the kernel. */
export function forcesProbe(facts: HostFacts, module: string, id: string, sign: '' | '!' = ''): boolean {
  const words = (givenOption(facts, module, 'force_probe') ?? '').toLowerCase().split(',');
  return words.some((word) => word === `${sign}${id}` || word === `${sign}0x${id}`);
}

/** Whether a module is kept off a GPU already: blacklisted, or told by `force_probe=!ID`. */
export function keptOff(facts: HostFacts, module: string, id: string): boolean {
  return blacklisted(facts, module) !== undefined || forcesProbe(facts, module, id, '!');
}
