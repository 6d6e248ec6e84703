// SPDX-License-Identifier: AGPL-3.0-or-later
import { problem, type Result } from '../problem.ts';
import { type PropertyFormat, parseBoolean, parsePropertyString } from './property-string.ts';

/** The keys of a `hostpciN` value (qemu-server PCI.pm `pve-qm-hostpci`); `host` may be written without its name. */
export type HostpciKey =
  | 'host'
  | 'mapping'
  | 'rombar'
  | 'romfile'
  | 'pcie'
  | 'x-vga'
  | 'legacy-igd'
  | 'mdev'
  | 'vendor-id'
  | 'device-id'
  | 'sub-vendor-id'
  | 'sub-device-id'
  | 'driver';

/** How many `hostpciN` a VM can have: N is 0..15 (qemu-server PCI.pm MAX_HOSTPCI_DEVICES). */
export const MAX_HOSTPCI = 16;

/** One part of the value as it stands; a blank part (`a,,b`) has no key. */
export interface HostpciPart {
  readonly key: HostpciKey | null;
  readonly value: string;
  readonly raw: string;
}

/** A `hostpciN` value in the order of the text. */
export interface Hostpci {
  readonly parts: readonly HostpciPart[];
}

const ADDRESS = '(?:[a-f0-9]{4,}:)?[a-f0-9]{2}:[a-f0-9]{2}(?:\\.[a-f0-9])?';
const HEX_ID = /^0x[0-9a-fA-F]{4}$/;

/** The format as PVE checks it when a configuration is read or set; whether it can start is not part of it. */
export const HOSTPCI_FORMAT: PropertyFormat & {
  readonly types: { readonly [K in HostpciKey]: PropertyFormat['types'][string] };
} = {
  defaultKey: 'host',
  types: {
    host: new RegExp(`^${ADDRESS}(?:;${ADDRESS})*$`),
    mapping: 'configid',
    rombar: 'boolean',
    romfile: /^[^,;]+$/,
    pcie: 'boolean',
    'x-vga': 'boolean',
    'legacy-igd': 'boolean',
    mdev: /^[^/.:]+$/,
    'vendor-id': HEX_ID,
    'device-id': HEX_ID,
    'sub-vendor-id': HEX_ID,
    'sub-device-id': HEX_ID,
    driver: /^(?:vfio|keep)$/,
  },
};

/** Reads a `hostpciN` value. Fails with `guest.config` where PVE's schema refuses it. */
export function parseHostpci(text: string): Result<Hostpci> {
  const parsed = parsePropertyString(text, HOSTPCI_FORMAT);
  if (parsed.ok) return { ok: true, value: { parts: parsed.parts as readonly HostpciPart[] } };
  return problem('guest.config', `The passthrough entry "${text}" is not valid: ${parsed.reason}.`, {
    hint: 'Write it like mapping=POOL or 0000:00:02.1,pcie=1.',
  });
}

/** The text of a value; byte for byte what was parsed where nothing was changed. */
export function printHostpci(hostpci: Hostpci): string {
  return hostpci.parts.map((part) => part.raw).join(',');
}

/** A value from keys, in the given order; `host` is written without its name, as PVE's own interface does. */
export function makeHostpci(values: { readonly [K in HostpciKey]?: string }): Hostpci {
  const entries = Object.entries(values) as [HostpciKey, string | undefined][];
  return { parts: entries.flatMap(([key, value]) => (value === undefined ? [] : [partOf(key, value)])) };
}

/** The value of a key as written, or undefined. */
export function hostpciValue(hostpci: Hostpci, key: HostpciKey): string | undefined {
  return hostpci.parts.find((part) => part.key === key)?.value;
}

/** Whether a boolean key is set, with PVE's default where it is absent (`rombar` is on). */
export function hostpciFlag(hostpci: Hostpci, key: 'rombar' | 'pcie' | 'x-vga' | 'legacy-igd'): boolean {
  const value = hostpciValue(hostpci, key);
  return value === undefined ? key === 'rombar' : parseBoolean(value) === true;
}

/** The same value with one key set (in its place, else at the end) or removed (null); all else stays as it was. */
export function withHostpciKey(hostpci: Hostpci, key: HostpciKey, value: string | null): Hostpci {
  if (value === null) return { parts: hostpci.parts.filter((part) => part.key !== key) };
  if (!hostpci.parts.some((part) => part.key === key)) return { parts: [...hostpci.parts, partOf(key, value)] };
  return { parts: hostpci.parts.map((part) => (part.key === key ? { ...partOf(key, value, part.raw) } : part)) };
}

/** What PVE would refuse at start although it stores it: one sentence, or undefined (qemu-server PCI.pm parse_hostpci). */
export function hostpciContradiction(hostpci: Hostpci): string | undefined {
  const host = hostpciValue(hostpci, 'host');
  const mapping = hostpciValue(hostpci, 'mapping');
  if (host !== undefined && mapping !== undefined) return 'It names both a device and a mapping; PVE refuses to start with both.';
  if (host === undefined && mapping === undefined)
    return 'It names neither a device nor a mapping; PVE refuses to start without.';
  return undefined;
}

function partOf(key: HostpciKey, value: string, before?: string): HostpciPart {
  const bare = key === 'host' && (before === undefined || !before.startsWith('host='));
  return { key, value, raw: bare ? value : `${key}=${value}` };
}
