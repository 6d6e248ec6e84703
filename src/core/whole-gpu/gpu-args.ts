// SPDX-License-Identifier: AGPL-3.0-or-later
import { argsItems, deviceOptions, passedAddress } from '../guest/args-items.ts';
import { appendWords, hasWords, parseArgs, printArgs, removeWords } from '../guest/args-line.ts';
import { ok, problem, type Result } from '../problem.ts';

/** A `-device vfio-pci,...` of a guest's `args` that passes the GPU. */
export interface ArgsDevice {
  readonly words: readonly string[];
  /** The option ROM's file name below /usr/share/kvm. */
  readonly romfile?: string;
  /** Properties that `hostpciN` has no words for and that somebody chose: they stay. */
  readonly properties: readonly (readonly [name: string, value: string])[];
}

/** What PVE's own entry says, or QEMU's legacy mode implies (docs/igd-assign.txt). */
const REPLACED: ReadonlySet<string> = new Set(['host', 'addr', 'bus', 'id', 'romfile', 'x-vga', 'multifunction']);
/** Where PVE looks for the file that `romfile=` names (qemu-server PCI.pm). */
export const ROM_FOLDER = '/usr/share/kvm/';

/** The device of this address in an `args` value; undefined when there is none. Fails where its ROM lies where PVE has no word for it. */
export function argsDevice(args: string, bdf: string): Result<ArgsDevice | undefined> {
  const line = parseArgs(args);
  if (!line.ok) return line;
  const item = argsItems(line.value).find((one) => passedAddress(one) === bdf);
  if (item === undefined) return ok(undefined);
  const words = line.value.words.slice(item.at, item.at + item.count).map(({ value }) => value);
  const options = deviceOptions(words[1] ?? '');
  const rom = options.get('romfile');
  const romfile = rom?.startsWith(ROM_FOLDER) === true ? rom.slice(ROM_FOLDER.length) : rom;
  if (romfile !== undefined && !/^[A-Za-z0-9_][A-Za-z0-9_.+-]*$/.test(romfile))
    return problem('guest.config', `The args name the ROM ${rom}, which lies outside /usr/share/kvm.`, {
      hint: 'Copy it there and give its name with --rom.',
    });
  const properties = [...options].filter(([name]) => /^x-[a-z-]+$/.test(name) && !REPLACED.has(name));
  return ok({ words, ...(romfile === undefined ? {} : { romfile }), properties });
}

/** The words that give properties to PVE's own entry `hostpciN` (QEMU system/vl.c, -set). */
export function propertyWords(
  key: string,
  properties: readonly (readonly [name: string, value: string])[],
): readonly (readonly [string, string])[] {
  return properties.map(([name, value]) => ['-set', `device.${key}.${name}=${value}`]);
}

/** An `args` value without some words and with others; null when nothing is left, undefined when nothing changes. */
export function changedArgs(
  args: string | undefined,
  drop: readonly string[],
  add: readonly (readonly string[])[],
): Result<string | null | undefined> {
  const parsed = parseArgs(args ?? '');
  if (!parsed.ok) return parsed;
  let line = removeWords(parsed.value, drop) ?? parsed.value;
  for (const words of add) if (!hasWords(line, words)) line = appendWords(line, words);
  const text = printArgs(line);
  if (text === (args ?? '')) return ok(undefined);
  return ok(text.trim() === '' ? null : text);
}
