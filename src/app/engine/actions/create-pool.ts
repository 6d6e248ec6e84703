// SPDX-License-Identifier: AGPL-3.0-or-later
import { isPool } from '../../../core/plan/pool-equality.ts';
import { ok, problem } from '../../../core/problem.ts';
import type { Executor } from '../executor.ts';
import { findPool } from '../pool-file.ts';

/** Makes a PVE resource mapping that does not exist yet. */
export const createPool: Executor<'createPool'> = {
  needsDeviceLock: false,
  checkTells: true,
  async check({ host }, { pool }) {
    const now = await findPool(host, pool.id);
    if (!now.ok) return now;
    if (now.value.pool === null) return ok('ready');
    if (isPool(now.value.pool, pool)) return ok('already');
    return problem('plan.drift', `The pool ${pool.id} exists by now, with other entries.`, {
      hint: 'Plan again.',
      where: pool.id,
    });
  },
  async execute({ pve }, { pool }) {
    return await pve.createPool(pool);
  },
};
