// SPDX-License-Identifier: AGPL-3.0-or-later
import { deviceOptions } from '../../guest/args-items.ts';
import { withDomain } from '../../guest/hostpci-targets.ts';
import { isBdf } from '../../pci/address.ts';
import { shellwords } from '../../text/shellwords.ts';
import type { ImportedDevice, ImportedSlice, ImportReader, ImportRemark } from '../imported.ts';

/** A command line of QEMU, or an `args:` line of Proxmox VE. */
export const QEMU_READER: ImportReader = {
  name: 'qemu',
  read: (text) => {
    const isArgs = /^\s*args:/m.test(text);
    if (!isArgs && !/(?:^|\s)-device\s/.test(text)) return undefined;
    const words = shellwords(plainLine(text, isArgs))?.map(({ value }) => value);
    if (words === undefined) return { broken: 'A quote is not closed, or the text ends in a backslash.' };
    const sets = setsOf(words);
    const devices = valuesOf(words, '-device').flatMap((value) => deviceOf(deviceOptions(value), sets));
    const name = /(?:^|,)(?:guest=)?([^,=]+)/.exec(valuesOf(words, '-name')[0] ?? '')?.[1] ?? null;
    return { guest: name, devices, remarks: remarksOf(words, isArgs) };
  },
};

/** One line: comments and prompts gone, lines that a backslash continues joined; of a configuration of Proxmox VE its `args`. */
function plainLine(text: string, isArgs: boolean): string {
  if (isArgs) return (/^\s*args:(.*)$/m.exec(text)?.[1] ?? '').trim();
  return text
    .split('\n')
    .filter((line) => !/^\s*#/.test(line))
    .map((line) =>
      line
        .replace(/^\s*[$`]\s+/, '')
        .replace(/`+\s*\\?\s*$/, '')
        .replace(/\\\s*$/, ''),
    )
    .join(' ')
    .replaceAll('`', ' ');
}

function valuesOf(words: readonly string[], option: string): readonly string[] {
  return words.flatMap((word, at) => (word.replace(/^--/, '-') === option ? [words[at + 1] ?? ''] : []));
}

/** `-set device.ID.name=value`, by the id of the device. */
function setsOf(words: readonly string[]): ReadonlyMap<string, ReadonlyMap<string, string>> {
  const sets = new Map<string, Map<string, string>>();
  for (const value of valuesOf(words, '-set')) {
    const [, id = '', name = '', set = ''] = /^device\.([^.]+)\.([^=]+)=(.*)$/s.exec(value) ?? [];
    if (id !== '') sets.set(id, (sets.get(id) ?? new Map()).set(name, set));
  }
  return sets;
}

function deviceOf(options: ReadonlyMap<string, string>, sets: ReturnType<typeof setsOf>): readonly ImportedDevice[] {
  const slice = /^vfio-pci(?:-nohotplug)?$/.test(options.get('driver') ?? '') ? sliceOf(options) : undefined;
  if (slice === undefined) return [];
  const set = sets.get(options.get('id') ?? '') ?? new Map<string, string>();
  const properties = new Map([...options, ...set].filter(([name]) => !['host', 'sysfsdev', 'id'].includes(name)));
  return [{ slice, properties }];
}

function sliceOf(options: ReadonlyMap<string, string>): ImportedSlice | undefined {
  const path = (options.get('sysfsdev') ?? '').replace(/\/+$/, '');
  const uuid = /([0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12})$/i.exec(path)?.[1];
  if (uuid !== undefined) return { kind: 'mdev', uuid: uuid.toLowerCase(), type: null };
  const bdf = withDomain((options.get('host') ?? path.split('/').at(-1) ?? '').toLowerCase());
  return isBdf(bdf) ? { kind: 'pci', bdf } : undefined;
}

function remarksOf(words: readonly string[], isArgs: boolean): readonly ImportRemark[] {
  const remarks: ImportRemark[] = [];
  if (isArgs)
    remarks.push({
      level: 'risky',
      text: 'A vfio-pci device in args is unknown to Proxmox VE: it neither binds nor reserves it, and two guests can name the same one.',
    });
  if (words.includes('-enable-kvm')) remarks.push({ level: 'outdated', text: '-enable-kvm is -accel kvm today.' });
  if (valuesOf(words, '-display').some((value) => value.startsWith('gtk')))
    remarks.push({
      level: 'left',
      text: '-display gtk opens a window on the host; on Proxmox VE the picture is in the console, or comes over the network from the guest itself.',
    });
  return remarks;
}
