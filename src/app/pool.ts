// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Plan } from '../core/plan/action.ts';
import { EMPTY_LEDGER } from '../core/plan/ledger.ts';
import { type PoolRequest, type PoolVerb, planPoolChange } from '../core/pool/plan-pool.ts';
import { type PoolsView, poolsView } from '../core/pool/pools-view.ts';
import type { Result } from '../core/problem.ts';
import type { Context } from './context.ts';
import { readLedger } from './engine/state-files.ts';
import { senseForPlan } from './guest-ground.ts';
import { readSettings } from './settings.ts';

/** Plans making, correcting or removing a pool; nothing is written. */
export async function planPool(context: Context, verb: PoolVerb, request: PoolRequest): Promise<Result<Plan>> {
  const settings = await readSettings(context);
  if (!settings.ok) return settings;
  const ledger = await readLedger(context.host);
  if (!ledger.ok) return ledger;
  const { pool: id } = settings.value;
  return planPoolChange(await senseForPlan(context), ledger.value, verb, { ...(id === undefined ? {} : { id }), ...request });
}

/** The pools with what PVE would say of each entry at a start. */
export async function listPools(context: Context): Promise<PoolsView> {
  const facts = await senseForPlan(context);
  const ledger = await readLedger(context.host);
  return poolsView(facts, ledger.ok ? ledger.value : EMPTY_LEDGER);
}
