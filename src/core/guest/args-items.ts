// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ArgsLine } from './args-line.ts';
import { withDomain } from './hostpci-targets.ts';

/** One QEMU option of an `args:` line that concerns graphics; `at` and `count` say which words it takes. */
export type ArgsItem = { readonly at: number; readonly count: number } & (
  | {
      /** `-device vfio-pci,...`: a device that PVE neither binds nor reserves. */
      readonly kind: 'vfio-device';
      readonly driver: string;
      /** The host's address with domain, when it is given by `host=`. */
      readonly host?: string;
      /** The path of a mediated device or a VF, when it is given by `sysfsdev=`. */
      readonly sysfsdev?: string;
      readonly id?: string;
    }
  | { readonly kind: 'set'; readonly device: string; readonly property: string; readonly value: string }
  | { readonly kind: 'readconfig'; readonly path: string }
  | { readonly kind: 'acpitable'; readonly value: string }
  | { readonly kind: 'other'; readonly option: string }
);

/** The QEMU options of a line in order. A word that no option announces is an `other` of its own. */
export function argsItems(line: ArgsLine): readonly ArgsItem[] {
  const items: ArgsItem[] = [];
  const words = line.words.map((word) => word.value);
  for (let at = 0; at < words.length; ) {
    const option = (words[at] ?? '').replace(/^--?(?=[a-z])/i, '-');
    const value = words[at + 1];
    const item = value === undefined ? undefined : itemOf(option, value);
    const count = item === undefined ? (option.startsWith('-') && value !== undefined && !value.startsWith('-') ? 2 : 1) : 2;
    items.push({ at, count, ...(item ?? { kind: 'other', option }) });
    at += count;
  }
  return items;
}

/** The PCI function that a `-device vfio-pci` passes, by `host=` or by its path in sysfs; undefined for a mediated device. */
export function passedAddress(item: ArgsItem): string | undefined {
  if (item.kind !== 'vfio-device') return undefined;
  if (item.host !== undefined) return item.host;
  return /^\/sys\/.*\/([0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])\/*$/.exec(item.sysfsdev ?? '')?.[1];
}

/** An item without its place. */
type ItemBody = ArgsItem extends infer T ? (T extends ArgsItem ? Omit<T, 'at' | 'count'> : never) : never;

function itemOf(option: string, value: string): ItemBody | undefined {
  if (option === '-device') return vfioDevice(value);
  if (option === '-readconfig') return { kind: 'readconfig', path: value };
  if (option === '-acpitable') return { kind: 'acpitable', value };
  // QEMU reads at most 63 characters up to each dot and the equals sign (system/vl.c).
  const set = option === '-set' ? /^device\.([^.]{1,63})\.([^=]{1,63})=(.*)$/s.exec(value) : null;
  if (set === null) return undefined;
  return { kind: 'set', device: set[1] ?? '', property: set[2] ?? '', value: set[3] ?? '' };
}

function vfioDevice(value: string): ItemBody | undefined {
  const options = deviceOptions(value);
  const driver = options.get('driver') ?? '';
  if (!/^vfio-pci(?:-nohotplug)?$/.test(driver)) return undefined;
  const host = options.get('host');
  const sysfsdev = options.get('sysfsdev');
  const id = options.get('id');
  return {
    kind: 'vfio-device',
    driver,
    ...(host === undefined ? {} : { host: withDomain(host.toLowerCase()) }),
    ...(sysfsdev === undefined ? {} : { sysfsdev }),
    ...(id === undefined ? {} : { id }),
  };
}

/** What follows `-device`, by name; the model of the device is its `driver`. */
export function deviceOptions(value: string): ReadonlyMap<string, string> {
  return value.startsWith('{') ? jsonOptions(value) : keyedOptions(value);
}

/** `driver,key=value,...`; a doubled comma stands for one (QEMU util/qemu-option.c). */
function keyedOptions(text: string): ReadonlyMap<string, string> {
  const parts = text
    .replace(/,,/g, '\0')
    .split(',')
    .map((part) => part.replace(/\0/g, ','));
  const entries = parts.map((part, index): readonly [string, string] => {
    const equals = part.indexOf('=');
    if (equals < 0) return index === 0 ? ['driver', part] : [part, 'on'];
    return [part.slice(0, equals), part.slice(equals + 1)];
  });
  return new Map(entries);
}

function jsonOptions(text: string): ReadonlyMap<string, string> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null) return new Map();
    return new Map(Object.entries(value).map(([key, option]) => [key, String(option)]));
  } catch {
    return new Map();
  }
}
