// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestKind } from '../facts/guest-facts.ts';
import { keptCmdline, keptProcNetUnix } from './guest-process.ts';
import { type PoolSection, printPoolSections, readPoolSections } from './pool-config.ts';
import { parsePoolEntry, printPoolEntry } from './pool-entry.ts';
import { reduceGuestConfig } from './reduce-config.ts';
import { parseReservations } from './reservations.ts';
import { keptStorageConfig } from './storage-config.ts';

/** The kind and id of the guest whose configuration a path is, or undefined. */
export function guestOfPath(
  path: string,
): { readonly kind: GuestKind; readonly vmid: number; readonly node: string } | undefined {
  const match = /^\/etc\/pve\/nodes\/([^/]+)\/(qemu-server|lxc)\/([1-9]\d*)\.conf$/.exec(path);
  if (match === null) return undefined;
  return { kind: match[2] === 'lxc' ? 'lxc' : 'qemu', vmid: Number(match[3]), node: match[1] ?? '' };
}

/**
 * What a capture keeps of a file that the guests' sensors read, or undefined for a file of others. Facts sensed from what is kept equal
 * facts sensed from the whole.
 */
export function keptGuestFile(path: string, text: string): string | undefined {
  const guest = guestOfPath(path);
  if (guest !== undefined) return reduceGuestConfig(guest.kind, text);
  if (path === '/etc/pve/mapping/pci.cfg') return keptPoolConfig(text);
  if (path === '/etc/pve/storage.cfg') return keptStorageConfig(text);
  if (path === '/proc/net/unix') return keptProcNetUnix(text);
  if (path === '/proc/stat') return /^btime \d+$/m.exec(text)?.[0].concat('\n') ?? '';
  if (/^\/proc\/\d+\/cmdline$/.test(path)) return keptCmdline(text);
  if (path === '/run/qemu-server/pci-id-reservations') return linesThat(text, (line) => parseReservations(line).length > 0);
  if (/^\/run\/qemu-server\/\d+\.pid$/.test(path)) return /^\d+\s*$/.test(text) ? text : '';
  return undefined;
}

function linesThat(text: string, wanted: (line: string) => boolean): string {
  const lines = text.split('\n').filter(wanted);
  return lines.map((line) => `${line}\n`).join('');
}

/** The mappings without their descriptions, and without what PVE ignores. */
export function keptPoolConfig(text: string): string {
  const sections = readPoolSections(text).sections.map(({ description: _description, ...section }): PoolSection => {
    return { ...section, maps: section.maps.map(withoutDescription) };
  });
  return printPoolSections(sections);
}

function withoutDescription(map: string): string {
  const entry = parsePoolEntry(map);
  if (!entry.ok || entry.value.description === undefined) return map;
  const { description: _description, ...rest } = entry.value;
  return printPoolEntry(rest);
}
