// SPDX-License-Identifier: AGPL-3.0-or-later
import { isBdf } from '../pci/address.ts';
import type { Plan } from '../plan/action.ts';
import { ok, type Result } from '../problem.ts';
import { planSetup } from './plan-setup.ts';
import type { SetupWish, SetupWorld } from './setup-wish.ts';

/**
 * Plans what is missing of what was asked for before. The files of all GPUs are settled in one plan, so the first GPU that
 * differs speaks for all; VFs of the others come with its unit.
 */
export function planWhatIsDesired(world: SetupWorld, wish: Omit<SetupWish, 'mode'>): Result<Plan> {
  const asked = Object.entries(world.desired.gpus).flatMap(([key, { mode }]) => {
    const [bdf = ''] = key.split(' ');
    return isBdf(bdf) && (wish.gpu === undefined || wish.gpu === bdf) ? [{ gpu: bdf, mode }] : [];
  });
  let last: Plan | undefined;
  for (const one of asked) {
    const plan = planSetup(world, { ...wish, ...one });
    if (!plan.ok || plan.value.steps.length > 0) return plan;
    last = plan.value;
  }
  if (last !== undefined) return ok(last);
  const text = 'Nothing was asked of this node so far, so there is nothing to bring about.';
  const hint = 'See pveigpu verdict for what it can do, and pveigpu plan auto for what we would do.';
  return ok({ title: 'what was asked for', steps: [], remarks: [{ level: 'note', id: 'setup.nothing-asked', text, hint }] });
}
