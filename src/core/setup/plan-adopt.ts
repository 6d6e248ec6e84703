// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Mode } from '../gpu/verdict.ts';
import type { Plan } from '../plan/action.ts';
import { desiredOf, gpuKey } from '../plan/desired.ts';
import { ok, problem, type Result } from '../problem.ts';
import { intelGpus } from '../vf/vf.ts';
import { planSetup } from './plan-setup.ts';
import type { SetupWish, SetupWorld } from './setup-wish.ts';

/**
 * Takes over a GPU that somebody set up by hand: its present mode becomes the wanted one. With `move` what makes the mode at boot is
 * replaced by ours. Fails with `gpu.none` when no GPU is in another mode than `host`.
 */
export function planAdopt(world: SetupWorld, wish: { readonly gpu?: SetupWish['gpu']; readonly move: boolean }): Result<Plan> {
  const pci = ifKnown(world.facts.pci);
  const gpus = (pci === undefined ? [] : intelGpus(pci)).filter(({ bdf }) => wish.gpu === undefined || bdf === wish.gpu);
  const candidates = gpus.flatMap((device) => {
    const mode = presentMode(device);
    const asked = desiredOf(world.desired, device);
    return mode === 'host' || (asked?.mode === mode && !wish.move) ? [] : [{ device, mode }];
  });
  const [first] = candidates;
  if (first === undefined)
    return problem('gpu.none', 'No GPU of this node is in a mode that pveigpu does not look after already.', {
      hint: 'See pveigpu status.',
    });
  if (candidates.length > 1)
    return problem(
      'gpu.several',
      `There are ${candidates.length} GPUs to take over: ${candidates.map(({ device }) => device.bdf).join(', ')}.`,
      { hint: 'Choose one with --gpu BDF.' },
    );
  const { device, mode } = first;
  const count = mode === 'sriov' ? { numVfs: device.sriov?.vfs.length ?? 0 } : {};
  const plan = planSetup(world, { mode, gpu: device.bdf, ...count, takeOver: wish.move });
  if (!plan.ok) return plan;
  const title = `look after ${device.bdf} in the mode ${mode}`;
  const desired = { gpu: gpuKey(device), wish: { mode, ...count } };
  if (wish.move) return ok({ ...plan.value, title, desired });
  const text = `The mode ${mode} of ${device.bdf} is noted as the wanted one. No file is changed.`;
  const remarks = plan.value.remarks.filter(({ level, id }) => level !== 'blocker' && id !== 'setup.managed-by-you');
  return ok({ title, steps: [], remarks: [{ level: 'note', id: 'setup.adopted', text }, ...remarks], desired });
}

function presentMode(device: PciDevice): Mode {
  if ((device.sriov?.vfs.length ?? 0) > 0) return 'sriov';
  if ((device.mdevTypes ?? []).length > 0) return 'gvt-g';
  return device.driver === 'vfio-pci' ? 'gvt-d' : 'host';
}
