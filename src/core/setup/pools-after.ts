// SPDX-License-Identifier: AGPL-3.0-or-later
import { isOurPool } from '../assign/ours.ts';
import { ifKnown } from '../facts/section.ts';
import type { Plan, Remark, Step } from '../plan/action.ts';
import { planPoolChange } from '../pool/plan-pool.ts';
import type { SetupWorld } from './setup-wish.ts';

const STALE = 'pool.stale';

/**
 * A plan for VFs with our pools after it. Which IOMMU groups VFs have is known once they are there, so a plan that makes
 * them anew comes first, and the pools are made true by the one that follows it. Where pools cannot be written now, they are left to the unit.
 */
export function withPoolsAfter(world: SetupWorld, plan: Plan): Plan {
  if (plan.desired?.wish?.mode !== 'sriov') return plan;
  const ours = (ifKnown(world.facts.pools)?.pools ?? []).filter(isOurPool);
  if (plan.steps.length > 0) {
    const isOurs = ({ id, text }: Remark) => id === STALE && ours.some((pool) => text.startsWith(`The pool ${pool.id} `));
    if (!plan.remarks.some(isOurs)) return plan;
    const remarks = plan.remarks.filter((remark) => !isOurs(remark));
    // biome-ignore lint/suspicious/noThenProperty: the plan's own word for what follows it
    return { ...plan, remarks, then: 'After that: make the pools of the guests true again' };
  }
  const steps: Step[] = [];
  const remarks: Remark[] = [];
  const names: string[] = [];
  for (const { id } of ours) {
    const synced = planPoolChange(world.facts, world.ledger, 'sync', { id });
    if (!synced.ok || synced.value.steps.length === 0) continue;
    names.push(id);
    steps.push(...synced.value.steps);
    remarks.push(...synced.value.remarks);
  }
  if (steps.length === 0) return plan;
  return {
    ...plan,
    title: `sync the ${names.length === 1 ? 'pool' : 'pools'} ${names.join(', ')}`,
    steps,
    remarks: [...plan.remarks, ...remarks],
  };
}
