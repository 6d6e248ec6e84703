// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestKind, Pool } from '../core/facts/guest-facts.ts';
import type { Result } from '../core/problem.ts';

/** One change of a guest's configuration, as PVE takes it in one call. */
export interface GuestChange {
  readonly kind: GuestKind;
  readonly vmid: number;
  readonly set: { readonly [key: string]: string };
  readonly remove: readonly string[];
  /** Pending changes to take back (`--revert`). */
  readonly revert: readonly string[];
  /** PVE refuses when the file has another digest by then. */
  readonly digest: string;
}

/**
 * The writing side of Proxmox VE in our words. Reading goes through the Host port (`/etc/pve` is files). Implemented over
 * `qm`, `pct` and `pvesh` as root. Failures: `pve.conflict` (digest), `pve.refused`, `pve.no-quorum`, `host.*`.
 */
export interface Pve {
  changeGuest(change: GuestChange): Promise<Result<void>>;
  createPool(pool: Pool): Promise<Result<void>>;
  /** Replaces all entries of a pool, other nodes' included: the caller passes the whole list. */
  updatePool(pool: Pool, digest: string): Promise<Result<void>>;
  removePool(id: string): Promise<Result<void>>;
}
