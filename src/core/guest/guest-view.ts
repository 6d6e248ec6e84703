// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest, GuestSection } from '../facts/guest-facts.ts';
import type { Result } from '../problem.ts';
import { type ArgsItem, argsItems } from './args-items.ts';
import { parseArgs } from './args-line.ts';
import { type Hostpci, MAX_HOSTPCI, parseHostpci } from './hostpci.ts';

/** What a guest has now (as it runs, or ran last), or what its next start will use: pending changes applied. */
export type When = 'current' | 'next';

/** The section of what the guest has now. */
export function currentOf(guest: Guest): GuestSection {
  return guest.sections.find((section) => section.name === 'current' && section.snapshot !== true) ?? EMPTY;
}

/** The pending section, or undefined when nothing waits. */
export function pendingOf(guest: Guest): GuestSection | undefined {
  return guest.sections.find((section) => section.name === 'pending' && section.snapshot !== true);
}

/** The guest's snapshots, in file order. */
export function snapshotsOf(guest: Guest): readonly GuestSection[] {
  return guest.sections.filter((section) => section.snapshot === true);
}

const EMPTY: GuestSection = { name: 'current', keys: {} };

/** The value of a kept key now, or undefined. */
export function currentValue(guest: Guest, key: string): string | undefined {
  return currentOf(guest).keys[key];
}

/** The value of a kept key at the next start, or undefined. */
export function nextValue(guest: Guest, key: string): string | undefined {
  const pending = pendingOf(guest);
  if (pending === undefined) return currentValue(guest, key);
  return pending.keys[key] ?? (pending.deletes?.includes(key) === true ? undefined : currentValue(guest, key));
}

/** The value of a kept key, now or at the next start. */
export function valueAt(guest: Guest, key: string, when: When): string | undefined {
  return when === 'current' ? currentValue(guest, key) : nextValue(guest, key);
}

/** Whether a pending change touches the key. */
export function isPending(guest: Guest, key: string): boolean {
  const pending = pendingOf(guest);
  return pending !== undefined && (key in pending.keys || pending.deletes?.includes(key) === true);
}

/** One `hostpciN` entry: its text, and its parts or why they cannot be read. */
export interface HostpciEntry {
  readonly key: string;
  readonly index: number;
  readonly text: string;
  readonly parsed: Result<Hostpci>;
}

/** The `hostpciN` entries in PVE's order. */
export function hostpciEntries(guest: Guest, when: When): readonly HostpciEntry[] {
  if (guest.kind !== 'qemu') return [];
  const entries: HostpciEntry[] = [];
  for (let index = 0; index < MAX_HOSTPCI; index++) {
    const key = `hostpci${index}`;
    const text = valueAt(guest, key, when);
    if (text !== undefined && text.trim() !== '') entries.push({ key, index, text, parsed: parseHostpci(text) });
  }
  return entries;
}

/** The lowest `hostpciN` that neither the running nor the next configuration uses, or undefined when all 16 are taken. */
export function freeHostpciKey(guest: Guest): string | undefined {
  for (let index = 0; index < MAX_HOSTPCI; index++) {
    const key = `hostpci${index}`;
    if (currentValue(guest, key) === undefined && nextValue(guest, key) === undefined) return key;
  }
  return undefined;
}

/** The QEMU options of `args` that concern graphics; none when PVE cannot split the line (it then passes nothing of it). */
export function graphicsArgs(guest: Guest, when: When): readonly ArgsItem[] {
  const line = parseArgs(valueAt(guest, 'args', when) ?? '');
  return line.ok ? argsItems(line.value).filter((item) => item.kind !== 'other') : [];
}

/** Names of the snapshots that hold the guest's memory: rolling back to one restores devices that must still be there. */
export function snapshotsWithRam(guest: Guest): readonly string[] {
  return snapshotsOf(guest)
    .filter((section) => section.keys.vmstate !== undefined)
    .map((section) => section.name);
}

export function isTemplate(guest: Guest): boolean {
  return currentValue(guest, 'template') === '1';
}

/** The `lock:` of the guest (`backup`, `migrate`, ...), or undefined. */
export function lockOf(guest: Guest): string | undefined {
  return currentValue(guest, 'lock');
}

/** Whether the guest's display is VirGL: the host's GPU draws for it, without VA-API and without passthrough. */
export function isVirGl(guest: Guest, when: When = 'current'): boolean {
  return vgaType(guest, when) === 'virtio-gl';
}

/** The type of the guest's virtual display; `std` when none is set (PVE's default but for very old Windows). */
export function vgaType(guest: Guest, when: When): string {
  return propertyOf(valueAt(guest, 'vga', when), 'type') ?? 'std';
}

/** The family of the guest's machine type, from `machine:` (PVE's default is `pc`, which is i440fx). */
export function machineFamily(guest: Guest, when: When): 'i440fx' | 'q35' | 'virt' {
  const type = propertyOf(valueAt(guest, 'machine', when), 'type') ?? 'pc';
  if (type.includes('q35')) return 'q35';
  return type.startsWith('virt') ? 'virt' : 'i440fx';
}

/** The value of a default key in a short property string: `none,memory=16` and `type=none` both are `none`. */
function propertyOf(text: string | undefined, defaultKey: string): string | undefined {
  for (const part of text?.split(',') ?? []) {
    if (!part.includes('=') && part.trim() !== '') return part;
    if (part.startsWith(`${defaultKey}=`)) return part.slice(defaultKey.length + 1);
  }
  return undefined;
}
