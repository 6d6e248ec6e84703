// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest, Pool } from '../facts/guest-facts.ts';
import type { Remark } from '../plan/action.ts';
import type { LiveMigration } from '../vf/live-migration.ts';
import { guestName } from './guest-keys.ts';

/** A guest with a slice stays where it is; `because` is a clause, `slice` what it is called. */
export function noLiveMigration(guest: Guest, because?: string, slice = 'a VF'): Remark {
  const why = because === undefined ? '' : `: ${because}`;
  return {
    level: 'note',
    id: 'guest.no-live-migration',
    text: `With ${slice} ${guestName(guest)} cannot migrate while it runs, be hibernated, or get a snapshot with RAM${why}.`,
  };
}

/** Why a guest with one pinned VF stays, whatever the VF can (qemu-server QemuMigrate/Helpers.pm check_local_resources). */
export function pinnedBecause(migration: LiveMigration): string {
  return migration.can === 'no'
    ? migration.because
    : 'Proxmox VE migrates only what comes from a pool, so leave out --vf for that';
}

/**
 * What a VF of a pool means for migration. A pool that is marked although its VFs cannot be saved keeps its guests from starting: PVE
 * passes enable-migration=on, and QEMU answers "VFIO migration is not supported in kernel".
 */
export function migrationRemarks(guest: Guest, pool: Pool, migration: LiveMigration): readonly Remark[] {
  const { id, liveMigrationCapable } = pool;
  if (!liveMigrationCapable)
    return [
      noLiveMigration(guest, migration.can === 'yes' ? `the pool ${id} is not marked live-migration-capable` : migration.because),
    ];
  if (migration.can === 'no')
    return [
      {
        level: 'blocker',
        id: 'pool.cannot-migrate',
        text: `The pool ${id} is marked live-migration-capable, and QEMU starts no guest with a VF that cannot be saved: ${migration.because}.`,
        hint: 'Take the mark away (Datacenter, Resource Mappings), or name another pool with --pool.',
        overridable: true,
        code: 'guest.config',
      },
    ];
  const doubt = migration.can === 'unknown' ? ` Whether its VF can be saved here is not known: ${migration.because}.` : '';
  return [
    {
      level: 'note',
      id: 'guest.live-migration',
      text: `${guestName(guest)} can migrate while it runs to a node for which the pool ${id} names a VF of the same GPU model, on the same driver and firmware; Proxmox VE calls this experimental.${doubt}`,
    },
  ];
}
