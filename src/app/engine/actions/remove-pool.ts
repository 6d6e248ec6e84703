// SPDX-License-Identifier: AGPL-3.0-or-later
import { isPool } from '../../../core/plan/pool-equality.ts';
import { ok } from '../../../core/problem.ts';
import type { Executor } from '../executor.ts';
import { findPool, poolDrifted } from '../pool-file.ts';

/** Removes a PVE resource mapping that is as expected. PVE itself would remove one that guests use, too. */
export const removePool: Executor<'removePool'> = {
  needsDeviceLock: false,
  checkTells: true,
  async check({ host }, { before }) {
    const now = await findPool(host, before.id);
    if (!now.ok) return now;
    if (now.value.pool === null) return ok('already');
    return isPool(now.value.pool, before) ? ok('ready') : poolDrifted(before.id);
  },
  async refine({ host }, { before }) {
    const now = await findPool(host, before.id);
    return now.ok ? ok({ before: now.value.pool ?? before }) : now;
  },
  async execute({ pve }, { before }) {
    return await pve.removePool(before.id);
  },
};
