// SPDX-License-Identifier: AGPL-3.0-or-later
import { isOurPool } from '../core/assign/ours.ts';
import { POOLS_QUORUM_MS } from '../core/boot/pools-unit.ts';
import type { HostFacts } from '../core/facts/host-facts.ts';
import { ifKnown } from '../core/facts/section.ts';
import { planPoolChange } from '../core/pool/plan-pool.ts';
import { visible } from '../core/text/visible.ts';
import type { Context } from './context.ts';
import { applyPlan } from './engine/apply-plan.ts';
import { readLedger } from './engine/state-files.ts';
import { senseForPlan } from './guest-ground.ts';
import { sense } from './sense/sense.ts';

/** How often quorum is looked for. */
const POLL_MS = 1000;

/** What became of the pools: `later` means that trying again is worth it (no quorum yet, another apply runs). */
export type PoolsAnswer = 'done' | 'later' | 'failed';

/**
 * Makes this node's entries of our pools true, after a boot: waits for quorum at most `limitMs`, then as `pool sync`. Pools of
 * others are left alone, and so is a pool of which no VF is there now, since a guest may still want its entries.
 */
export async function bootPools(context: Context, limitMs = POOLS_QUORUM_MS): Promise<PoolsAnswer> {
  const { host, log } = context;
  const facts = await withQuorum(context, limitMs);
  if (facts === undefined) {
    log.warn('The pools were not looked at: /etc/pve cannot be written, this node has no quorum.');
    return 'later';
  }
  const ledger = await readLedger(host);
  if (!ledger.ok) {
    log.warn(`The pools were not looked at: ${ledger.problem.message}`);
    return 'failed';
  }
  let answer: PoolsAnswer = 'done';
  for (const pool of (ifKnown(facts.pools)?.pools ?? []).filter(isOurPool)) {
    const { id } = pool;
    // Facts anew for each: a plan must rest on what the last one left.
    const plan = planPoolChange(await senseForPlan(context), ledger.value, 'sync', { id });
    const applied = plan.ok && plan.value.steps.length > 0 ? await applyPlan(context, plan.value) : plan;
    if (applied.ok) {
      if (plan.ok && plan.value.steps.length > 0) log.info(`The pool ${visible(id)} names the VFs of this node again.`);
      continue;
    }
    log.warn(`The pool ${visible(id)} was left as it is: ${applied.problem.message}`);
    const isPassing =
      applied.problem.code === 'host.locked' ||
      applied.problem.code === 'pve.no-quorum' ||
      applied.problem.code === 'pve.conflict';
    if (answer === 'done') answer = isPassing ? 'later' : 'failed';
  }
  return answer;
}

async function withQuorum(context: Context, limitMs: number): Promise<HostFacts | undefined> {
  const { host, clock } = context;
  const endMs = clock.nowMs() + limitMs;
  for (;;) {
    const facts = await sense(host, ['pve']);
    const pve = ifKnown(facts.pve);
    if (pve !== undefined && (!pve.isProxmox || ifKnown(pve.quorate) === true)) return await senseForPlan(context);
    if (clock.nowMs() >= endMs) return undefined;
    await clock.sleep(POLL_MS);
  }
}
