// SPDX-License-Identifier: AGPL-3.0-or-later
import { nodeOf } from '../assign/assignments.ts';
import { isOurPool } from '../assign/ours.ts';
import type { Pool, PoolEntry } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciFacts } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { checkEntry } from '../guest/pool-check.ts';
import type { Ledger } from '../plan/ledger.ts';
import { deviceAt } from '../vf/vf.ts';
import { unknownSections } from '../vf/vf-list-view.ts';
import { foreignSign } from './pool-entry.ts';
import { poolUses } from './pool-users.ts';

/** One entry of a pool, with what PVE would say of it at a start. */
export interface PoolEntryRow {
  readonly node: string;
  readonly path: string;
  readonly id: string;
  readonly iommuGroup: number | null;
  /** PVE's own words for what is wrong; null when it is right, or of another node. */
  readonly wrong: string | null;
  readonly ownNode: boolean;
}

/** The value of `pool list --json`. */
export interface PoolsView {
  readonly format: 1;
  readonly pools: readonly {
    readonly id: string;
    /** Whether it is a pool of Intel VFs. */
    readonly ofVfs: boolean;
    /** Whether pveigpu made it. */
    readonly ours: boolean;
    readonly entries: readonly PoolEntryRow[];
    /** Guests and snapshots that name it. */
    readonly usedBy: readonly string[];
    /** Whether a guest could start with it on this node; one wrong entry is enough for a no. */
    readonly startable: boolean;
  }[];
  readonly unknown: readonly string[];
}

/** All PCI resource mappings with the truth of each entry. */
export function poolsView(facts: HostFacts, ledger: Ledger): PoolsView {
  const pci = ifKnown(facts.pci) ?? { displays: [], others: [], iommuGroups: [] };
  const node = nodeOf(facts);
  const pools = (ifKnown(facts.pools)?.pools ?? []).map((pool) => {
    const entries = pool.entries.map((entry) => entryRow(pool, entry, pci, node));
    const own = entries.filter((entry) => entry.ownNode);
    return {
      id: pool.id,
      ofVfs: foreignSign(pool, pci, node) === undefined,
      ours: isOurPool(pool) || (Object.hasOwn(ledger.pools, pool.id) && ledger.pools[pool.id]?.ours === true),
      entries,
      usedBy: [...new Set(poolUses(facts, pool.id).map((use) => use.name))],
      startable: own.length > 0 && own.every((entry) => entry.wrong === null),
    };
  });
  return { format: 1, pools, unknown: unknownSections(facts) };
}

function entryRow(pool: Pool, entry: PoolEntry, pci: PciFacts, node: string): PoolEntryRow {
  const ownNode = entry.node === node;
  const wrong = ownNode ? (checkEntry(pool, entry, (path) => deviceAt(pci, path)) ?? null) : null;
  return { node: entry.node, path: entry.path, id: entry.id, iommuGroup: entry.iommuGroup ?? null, wrong, ownNode };
}

/** The view as a table: header first, one line for each entry. */
export function poolRows(view: PoolsView): readonly (readonly string[])[] {
  const header = ['POOL', 'NODE', 'DEVICE', 'ID', 'GROUP', 'STATE', 'USED BY'];
  const rows = view.pools.flatMap((pool) =>
    pool.entries.map((entry, index) => [
      index === 0 ? pool.id : '',
      entry.node,
      entry.path,
      entry.id,
      entry.iommuGroup === null ? '-' : String(entry.iommuGroup),
      entry.ownNode ? (entry.wrong ?? 'right') : 'other node',
      index === 0 ? pool.usedBy.join(', ') || '-' : '',
    ]),
  );
  return [header, ...rows];
}
