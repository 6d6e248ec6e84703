// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PoolEntry } from '../facts/guest-facts.ts';
import type { PciFacts } from '../facts/pci-facts.ts';
import { compareBdf, isBdf } from '../pci/address.ts';
import { intelVfs, type Vf } from '../vf/vf.ts';
import { entryOf, entryState, pathsOf, sameEntry } from './pool-entry.ts';

/** One change that makes a pool true. */
export interface EntryChange {
  readonly kind: 'added' | 'removed' | 'refreshed';
  readonly path: string;
  /** A clause: `VM 102 has it pinned`, `its IOMMU group is 19 now`. */
  readonly because: string;
}

/** What a pool of this node shall name. */
export interface PoolWish {
  readonly pci: PciFacts;
  readonly node: string;
  /** VFs that are pinned to a guest, and to which. */
  readonly pinned: ReadonlyMap<string, string>;
  /** VFs that are added where they are missing. Empty for a pool of somebody else, which is only made true. */
  readonly fill: readonly Vf[];
}

/** The entries as they should be, other nodes' untouched and in place, with what changed. */
export function syncEntries(
  entries: readonly PoolEntry[],
  wish: PoolWish,
): { readonly entries: readonly PoolEntry[]; readonly changes: readonly EntryChange[] } {
  const changes: EntryChange[] = [];
  const kept: PoolEntry[] = [];
  for (const entry of entries) {
    const { entry: next, change } = entry.node === wish.node ? judge(entry, kept, wish) : { entry };
    if (next !== undefined) kept.push(next);
    if (change !== undefined) changes.push(change);
  }
  for (const vf of wish.fill) {
    if (vf.device === undefined || wish.pinned.has(vf.bdf) || names(kept, vf.bdf, wish.node)) continue;
    const entry = entryOf(vf.device, wish.node);
    kept.splice(placeFor(entry, kept), 0, entry);
    changes.push({ kind: 'added', path: vf.bdf, because: `VF ${vf.number} of ${vf.pf.bdf} exists` });
  }
  return { entries: kept, changes };
}

function judge(entry: PoolEntry, before: readonly PoolEntry[], wish: PoolWish): { entry?: PoolEntry; change?: EntryChange } {
  const removed = (because: string) => ({ change: { kind: 'removed', path: entry.path, because } as const });
  if (pathsOf(entry).some((path) => names(before, path, wish.node))) return removed('it is named twice');
  const holder = pathsOf(entry).flatMap((path) => wish.pinned.get(path) ?? [])[0];
  if (holder !== undefined) return removed(`${holder} has it pinned`);
  if (entryState(entry, wish.pci) === 'absent') return removed('it does not exist now');
  const vf = vfAt(pathsOf(entry)[0], wish.pci);
  if (vf?.device === undefined) return { entry };
  const fresh: PoolEntry = {
    ...entryOf(vf.device, wish.node),
    path: entry.path,
    ...(entry.description === undefined ? {} : { description: entry.description }),
  };
  if (sameEntry(fresh, entry)) return { entry };
  return { entry: fresh, change: { kind: 'refreshed', path: entry.path, because: difference(entry, fresh) } };
}

function names(entries: readonly PoolEntry[], path: string, node: string): boolean {
  return entries.some((entry) => entry.node === node && pathsOf(entry).includes(path));
}

function vfAt(path: string | undefined, pci: PciFacts): Vf | undefined {
  return intelVfs(pci).find((vf) => vf.bdf === path);
}

function difference(old: PoolEntry, fresh: PoolEntry): string {
  if (old.iommuGroup !== fresh.iommuGroup) return `its IOMMU group is ${fresh.iommuGroup ?? 'none'} now`;
  if (old.id !== fresh.id) return `its id is ${fresh.id}`;
  return `its subsystem id is ${fresh.subsystemId ?? 'none'}`;
}

/** PVE takes the first free entry in file order, so a new one goes before the first higher address of its node. */
function placeFor(entry: PoolEntry, entries: readonly PoolEntry[]): number {
  const higher = entries.findIndex((other) => other.node === entry.node && isAfter(other.path, entry.path));
  if (higher >= 0) return higher;
  const own = entries.map((other) => other.node).lastIndexOf(entry.node);
  return own >= 0 ? own + 1 : entries.length;
}

function isAfter(path: string, than: string): boolean {
  const first = path.split(';')[0] ?? '';
  return isBdf(first) && isBdf(than) && compareBdf(first, than) > 0;
}
