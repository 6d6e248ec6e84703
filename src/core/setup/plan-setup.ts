// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Plan, Remark, Step } from '../plan/action.ts';
import { type DesiredGpu, desiredOf, gpuKey } from '../plan/desired.ts';
import { ok, problem, type Result } from '../problem.ts';
import { goingAway } from './going-away.ts';
import { lastingPart } from './lasting-part.ts';
import { lastingSteps } from './lasting-steps.ts';
import { modeRemarks } from './mode-remarks.ts';
import { nowPart } from './now-part.ts';
import { planGone } from './plan-gone.ts';
import { setupTarget } from './setup-target.ts';
import type { SetupWish, SetupWorld } from './setup-wish.ts';

/**
 * Plans the whole way from the machine as it is to one GPU in one mode, whatever mode it is in now: packages, files, units,
 * initramfs, loader, and VFs where no reboot is needed for them. Fails as the verdict says (`gpu.cannot`, ...) when the mode cannot work. Same
 * world, same plan; a world in which it was done gives a plan without steps.
 */
export function planSetup(world: SetupWorld, wish: SetupWish): Result<Plan> {
  if (world.facts.config.state !== 'known')
    return problem('facts.unknown', 'The configuration of this node could not be read.', { hint: 'Run pveigpu as root.' });
  const target = setupTarget(world, wish);
  if (!target.ok) return wish.mode === 'host' ? planGone(world, wish, target.problem) : target;
  const { gpu, device, mode, wish: asked, release } = target.value;
  const lasting = lastingPart(world, { bdf: gpu.bdf, wish: asked, release }, wish);
  if (!lasting.ok) return lasting;
  const { own } = lasting.value;
  if (own === undefined)
    return problem('gpu.cannot', `${gpu.bdf} (8086:${device.device}) is not in the catalogue.`, { where: gpu.bdf });
  const { steps: last, remarks: said, reboot } = lastingSteps(world, wish, lasting.value, { release, mode });
  // Slices that somebody set up without us stay when only ours is given back.
  const takes = mode !== 'host' || (desiredOf(world.desired, device)?.mode ?? 'host') !== 'host';
  const away = takes ? goingAway(world, device, mode, wish.deferReboot === true) : { remarks: [], running: [] };
  const now = nowPart(world, {
    device,
    wish: asked,
    served: lasting.value.served,
    isLater: wish.deferReboot === true || away.running.length > 0,
    waits: reboot.waits,
  });
  const steps: readonly Step[] = [...now.before, ...last, ...now.after, ...reboot.steps];
  const managed = managedByYou(lasting.value, steps.length === 0, gpu.bdf, mode);
  const isWorthIt = steps.length > 0 || wish.mode === 'auto' || lasting.value.served.length > 0;
  const explained = isWorthIt ? modeRemarks(gpu, device, own, asked, wish.mode === 'auto') : [];
  const remarks: readonly Remark[] = [
    ...explained,
    ...said,
    ...managed.remarks,
    ...away.remarks,
    ...now.remarks,
    ...reboot.remarks,
  ];
  const title = titleOf(gpu.bdf, asked, own.backend?.backend);
  const desired = managed.whole && wish.takeOver !== true ? {} : { desired: { gpu: gpuKey(device), wish: asked } };
  return ok({ title, steps, remarks: once(remarks), ...desired });
}

function titleOf(bdf: string, { mode, numVfs }: DesiredGpu, backend: string | undefined): string {
  if (mode === 'host') return `give ${bdf} back to the host`;
  if (mode === 'gvt-d') return `set ${bdf} aside for one guest (gvt-d)`;
  if (mode === 'gvt-g') return `offer mediated devices of ${bdf} (gvt-g)`;
  const count = numVfs === undefined ? 'all VFs' : numVfs === 1 ? '1 VF' : `${numVfs} VFs`;
  return `set up ${count} of ${bdf} (sriov${backend === undefined ? '' : `, driver ${backend}`})`;
}

/** Says what of the mode somebody set up by hand, and whether that is all of it. */
function managedByYou(
  {
    missing,
    served,
    nothingOfOurs,
  }: {
    readonly missing: { readonly given: readonly string[] };
    readonly served: readonly string[];
    readonly nothingOfOurs: boolean;
  },
  isEmpty: boolean,
  bdf: string,
  mode: DesiredGpu['mode'],
): { readonly whole: boolean; readonly remarks: readonly Remark[] } {
  const by = [...missing.given, ...served];
  if (mode === 'host' || by.length === 0) return { whole: false, remarks: [] };
  const list = by.join(', ');
  if (!isEmpty || !nothingOfOurs)
    return {
      whole: false,
      remarks: [{ level: 'note', id: 'setup.given-by-you', text: `Set by you already, and left alone: ${list}.` }],
    };
  const text = `${bdf} is in the mode ${mode} already, managed by you: ${list}.`;
  const hint = 'Nothing is changed. "pveigpu adopt" lets pveigpu look after it.';
  return { whole: true, remarks: [{ level: 'note', id: 'setup.managed-by-you', text, hint }] };
}

function once(remarks: readonly Remark[]): readonly Remark[] {
  return remarks.filter((one, index) => remarks.findIndex((other) => other.text === one.text) === index);
}
