// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Pool } from '../core/facts/guest-facts.ts';
import type { GuestChange } from '../core/plan/guest-change.ts';
import type { Result } from '../core/problem.ts';

/**
 * The writing side of Proxmox VE in our words. Reading goes through the Host port (`/etc/pve` is files). Implemented over
 * `qm`, `pct` and `pvesh` as root. Failures: `pve.conflict` (digest), `pve.refused`, `pve.no-quorum`, `host.*`.
 */
export interface Pve {
  changeGuest(change: GuestChange): Promise<Result<void>>;
  createPool(pool: Pool): Promise<Result<void>>;
  /** Replaces all entries of a pool, other nodes' included: the caller passes the whole list. A flag changes where `before` has another. */
  updatePool(pool: Pool, before: Pool, digest: string): Promise<Result<void>>;
  removePool(id: string): Promise<Result<void>>;
}
