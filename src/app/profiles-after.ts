// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../core/facts/section.ts';
import type { Plan } from '../core/plan/action.ts';
import { desiredOf, gpuKey } from '../core/plan/desired.ts';
import type { SetupWorld } from '../core/setup/setup-wish.ts';
import { desiredProfileSteps } from '../core/vf/plan-vf-profile.ts';
import { intelGpus } from '../core/vf/vf.ts';
import type { Host } from '../ports/host.ts';
import { readProfiles } from './vf/read-profiles.ts';

/**
 * A plan for VFs with their scheduling after it, since VFs that are made anew have none: what is desired is set by the plan that
 * follows the one that makes them. `made` is the plan of the set-up alone.
 */
export async function withProfilesAfter(host: Host, world: SetupWorld, made: Plan, plan: Plan): Promise<Plan> {
  const pci = ifKnown(world.facts.pci);
  const pf = pci === undefined ? undefined : intelGpus(pci).find((device) => gpuKey(device) === made.desired?.gpu);
  const wish = pf === undefined ? undefined : desiredOf(world.desired, pf);
  if (pf === undefined || wish?.profiles === undefined || made.desired?.wish?.mode !== 'sriov' || wish.mode !== 'sriov')
    return plan;
  if (made.steps.length > 0) {
    const makesVfs = made.steps.some(
      ({ action, args }) =>
        action === 'writeSysfs' && 'value' in args && args.path.endsWith(`${pf.bdf}/sriov_numvfs`) && args.value !== '0',
    );
    // biome-ignore lint/suspicious/noThenProperty: the plan's own word for what follows it
    return makesVfs && plan.then === undefined ? { ...plan, then: 'After that: schedule the VFs as before' } : plan;
  }
  const vfs = pf.sriov?.vfs.length ?? 0;
  const profiles = vfs === 0 ? undefined : await readProfiles(host, pf.bdf, vfs);
  const steps = profiles === undefined ? [] : desiredProfileSteps(profiles, wish);
  if (steps.length === 0) return plan;
  const title = `schedule the VFs of ${pf.bdf} as before`;
  return { ...plan, title: plan.steps.length === 0 ? title : `${plan.title}, ${title}`, steps: [...plan.steps, ...steps] };
}
