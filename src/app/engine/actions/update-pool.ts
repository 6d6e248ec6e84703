// SPDX-License-Identifier: AGPL-3.0-or-later
import { isPool, keepDescriptions } from '../../../core/plan/pool-equality.ts';
import { ok } from '../../../core/problem.ts';
import type { Executor } from '../executor.ts';
import { findPool, poolDrifted } from '../pool-file.ts';

/** Replaces the entries of a PVE resource mapping; the digest of the moment of the look guards the write. */
export const updatePool: Executor<'updatePool'> = {
  needsDeviceLock: false,
  checkTells: true,
  async check({ host }, { pool, before }) {
    const now = await findPool(host, pool.id);
    if (!now.ok) return now;
    if (now.value.pool === null) return poolDrifted(pool.id);
    if (isPool(now.value.pool, pool)) return ok('already');
    return isPool(now.value.pool, before) ? ok('ready') : poolDrifted(pool.id);
  },
  async refine({ host }, args) {
    const now = await findPool(host, args.pool.id);
    if (!now.ok) return now;
    const before = now.value.pool ?? args.before;
    return ok({ pool: keepDescriptions(args.pool, before), before, digest: now.value.digest });
  },
  async execute({ host, pve }, { pool, before, digest }) {
    if (digest !== '') return await pve.updatePool(pool, before, digest);
    const now = await findPool(host, pool.id);
    if (!now.ok) return now;
    return await pve.updatePool(keepDescriptions(pool, before), now.value.pool ?? before, now.value.digest);
  },
};
