// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Pool } from '../facts/guest-facts.ts';
import { printPoolEntry } from '../guest/pool-entry.ts';

/** The options of `pvesh create /cluster/mapping/pci` for a pool. */
export function createPoolOptions(pool: Pool): readonly string[] {
  return [
    '--id',
    pool.id,
    ...mapOptions(pool),
    ...descriptionOption(pool),
    ...(pool.mdev ? ['--mdev', '1'] : []),
    ...(pool.liveMigrationCapable ? ['--live-migration-capable', '1'] : []),
  ];
}

/**
 * The options of `pvesh set /cluster/mapping/pci/ID`: `map` replaces the whole list and is required in every update.
 * A flag that stays as it was is not given, so PVE keeps it.
 */
export function updatePoolOptions(pool: Pool, before: Pool, digest: string): readonly string[] {
  return [
    ...mapOptions(pool),
    ...descriptionOption(pool),
    ...migrationOption(pool, before),
    ...(digest === '' ? [] : ['--digest', digest]),
  ];
}

function migrationOption(pool: Pool, before: Pool): readonly string[] {
  if (pool.liveMigrationCapable === before.liveMigrationCapable) return [];
  return pool.liveMigrationCapable ? ['--live-migration-capable', '1'] : ['--delete', 'live-migration-capable'];
}

function descriptionOption({ description }: Pool): readonly string[] {
  return description === undefined ? [] : ['--description', description];
}

function mapOptions(pool: Pool): readonly string[] {
  return pool.entries.flatMap((entry) => ['--map', printPoolEntry(entry)]);
}
