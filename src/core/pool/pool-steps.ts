// SPDX-License-Identifier: AGPL-3.0-or-later
import { isOurPool } from '../assign/ours.ts';
import type { Pool, PoolEntry } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Step } from '../plan/action.ts';
import { isPool } from '../plan/pool-equality.ts';
import { isVfPlace } from '../vf/expected-vfs.ts';
import type { LiveMigration } from '../vf/live-migration.ts';
import { deviceAt, intelGpus, vfsOf } from '../vf/vf.ts';
import { pathsOf } from './pool-entry.ts';
import type { EntryChange } from './sync-entries.ts';

/** The pool of one name, or undefined. */
export function poolNamed(facts: HostFacts, id: string): Pool | undefined {
  return ifKnown(facts.pools)?.pools.find((pool) => pool.id === id);
}

/** The GPUs of this node that a pool names VFs of, also while those do not exist, as after a reboot of the node. */
export function gpusIn(entries: readonly PoolEntry[], pci: PciFacts, node: string): readonly PciDevice[] {
  const paths = entries.filter((entry) => entry.node === node).flatMap(pathsOf);
  const missing = paths.filter((path) => deviceAt(pci, path) === undefined);
  return intelGpus(pci).filter(
    (gpu) => vfsOf(pci, gpu).some((vf) => paths.includes(vf.bdf)) || missing.some((path) => isVfPlace(gpu, path)),
  );
}

/**
 * A new pool of VFs. It is marked live-migration-capable only where that is sure: QEMU gets enable-migration=on then, and does not start
 * a guest whose VF cannot be saved (qemu-server PCI.pm print_hostpci_devices, QEMU hw/vfio/migration.c).
 */
export function newPool(
  id: string,
  description: string,
  entries: readonly PoolEntry[],
  migration: readonly LiveMigration[],
): Pool {
  const liveMigrationCapable = migration.length > 0 && migration.every(({ can }) => can === 'yes');
  return { id, description, mdev: false, liveMigrationCapable, entries };
}

/** The pool as it must be for guests to start: ours is not called live-migration-capable where this node certainly cannot. */
export function trueFlag(pool: Pool, migration: readonly LiveMigration[]): Pool {
  const wrong = pool.liveMigrationCapable && isOurPool(pool) && migration.some(({ can }) => can === 'no');
  return wrong ? { ...pool, liveMigrationCapable: false } : pool;
}

/** The step that brings a pool from one state to another; none when they are equal. Absent is undefined. */
export function poolStep(before: Pool | undefined, after: Pool | undefined, reason: string): Step | undefined {
  if (before === undefined) return after === undefined ? undefined : { action: 'createPool', args: { pool: after }, reason };
  if (after === undefined) return { action: 'removePool', args: { before }, reason };
  // The digest is taken by the executor, right before the write: two pools of one plan live in one file.
  return isPool(before, after) ? undefined : { action: 'updatePool', args: { pool: after, before, digest: '' }, reason };
}

/** As many additions are counted, not named: the diff has their lines. */
const MANY = 3;

/** Why a pool is made or changed: its entries, then its flag where that is new. */
export function poolReason(
  before: Pool | undefined,
  after: Pool,
  changes: readonly EntryChange[],
  migration: readonly LiveMigration[],
): string {
  const entries = changesText(changes);
  if (after.liveMigrationCapable === (before?.liveMigrationCapable ?? false)) return entries;
  const no = migration.find((one) => one.can === 'no');
  const flag = no?.can === 'no' ? `not live-migration-capable: ${no.because}` : 'its VFs can migrate with a running guest';
  return entries === '' ? flag : `${entries}; ${flag}`;
}

/** What changed, as the reason of a step: `added 0000:00:02.1; removed 0000:00:02.3: VM 102 has it pinned`. */
export function changesText(changes: readonly EntryChange[]): string {
  const added = changes.filter((change) => change.kind === 'added').map((change) => change.path);
  const others = changes
    .filter((change) => change.kind !== 'added')
    .map((change) => `${change.kind} ${change.path}: ${change.because}`);
  const what = added.length < MANY ? added.join(', ') : `${added.length} VFs`;
  return [...(added.length > 0 ? [`added ${what}`] : []), ...others].join('; ');
}
