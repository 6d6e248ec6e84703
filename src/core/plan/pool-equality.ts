// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Pool, PoolEntry } from '../facts/guest-facts.ts';

/**
 * Whether a pool is as wished. The order of the entries counts, since PVE tries them in that order; a description counts
 * only where the wish has one, since facts may leave them out.
 */
export function isPool(now: Pool, wish: Pool): boolean {
  const same = now.id === wish.id && now.mdev === wish.mdev && now.liveMigrationCapable === wish.liveMigrationCapable;
  if (!same || !describes(now, wish) || now.entries.length !== wish.entries.length) return false;
  return wish.entries.every((entry, at) => {
    const other = now.entries[at];
    return other !== undefined && describes(other, entry) && entryText(other) === entryText(entry);
  });
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

function describes(now: { readonly description?: string }, wish: { readonly description?: string }): boolean {
  return wish.description === undefined || wish.description === now.description;
}

function entryText({ node, id, path, subsystemId, iommuGroup }: PoolEntry): string {
  return JSON.stringify([node, id.toLowerCase(), path, subsystemId ?? null, iommuGroup ?? null]);
}
