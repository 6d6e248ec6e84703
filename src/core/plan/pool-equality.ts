// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Pool, PoolEntry } from '../facts/guest-facts.ts';

/**
 * Whether two pools allocate alike. The order of the entries counts, since PVE tries them in that order; descriptions do
 * not, since facts leave them out.
 */
export function samePool(a: Pool, b: Pool): boolean {
  return poolText(a) === poolText(b);
}

/** The pool with the descriptions that `old` has for it and for entries of the same node and address. */
export function keepDescriptions(pool: Pool, old: Pool): Pool {
  const entries = pool.entries.map((entry) => {
    const twin = old.entries.find((one) => one.node === entry.node && one.path === entry.path);
    const description = entry.description ?? twin?.description;
    return description === undefined ? entry : { ...entry, description };
  });
  const description = pool.description ?? old.description;
  return { ...pool, ...(description === undefined ? {} : { description }), entries };
}

function poolText(pool: Pool): string {
  return JSON.stringify([pool.id, pool.mdev, pool.liveMigrationCapable, pool.entries.map(entryFields)]);
}

function entryFields({ node, id, path, subsystemId, iommuGroup }: PoolEntry): readonly (string | number | null)[] {
  return [node, id.toLowerCase(), path, subsystemId ?? null, iommuGroup ?? null];
}
