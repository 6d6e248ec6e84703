// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../facts/section.ts';
import { modeOf } from '../gpu/select-gpu.ts';
import type { Plan, Remark, Step } from '../plan/action.ts';
import { type DesiredGpu, desiredOf, gpuKey } from '../plan/desired.ts';
import { ok, problem, type Result } from '../problem.ts';
import { intelGpus } from '../vf/vf.ts';
import { chooseGpu } from './choose-gpu.ts';
import { goingAway } from './going-away.ts';
import { lastingPart } from './lasting-part.ts';
import { nowPart } from './now-part.ts';
import { OWN_MODPROBE } from './own-path.ts';
import { cmdlinePart, driverPart, kernelFor, kernelPart } from './parts.ts';
import { closingSteps } from './plan-order.ts';
import { rebootPart } from './reboot-part.ts';
import type { SetupWish, SetupWorld } from './setup-wish.ts';
import { countFits } from './vfs-now.ts';

/**
 * Plans the whole way from the machine as it is to one GPU in one mode, whatever mode it is in now: packages, files, units,
 * initramfs, loader, and VFs where no reboot is needed for them. Fails as the verdict says (`gpu.cannot`, ...) when the mode cannot work. Same
 * world, same plan; a world in which it was done gives a plan without steps.
 */
export function planSetup(world: SetupWorld, wish: SetupWish): Result<Plan> {
  if (world.facts.config.state !== 'known')
    return problem('facts.unknown', 'The configuration of this node could not be read.', { hint: 'Run pveigpu as root.' });
  const chosen = chooseGpu(world, wish);
  if (!chosen.ok) return chosen;
  const { gpu, mode } = chosen.value;
  const pci = ifKnown(world.facts.pci);
  const device = pci === undefined ? undefined : intelGpus(pci).find(({ bdf }) => bdf === gpu.bdf);
  if (device === undefined) return problem('gpu.unknown', `There is no Intel GPU at ${gpu.bdf}.`, { where: gpu.bdf });
  const asked = wishFor(desiredOf(world.desired, device), mode, wish);
  const fits = countFits(device, modeOf(gpu, 'sriov').maxVfs, asked.numVfs);
  if (!fits.ok) return fits;
  const available = world.availableKernels ?? [];
  const target = kernelFor(world, gpu.bdf, asked, available);
  if (!target.ok) return target;
  const release = target.value;

  const lasting = lastingPart(world, { bdf: gpu.bdf, wish: asked, release }, wish);
  if (!lasting.ok) return lasting;
  const { own, missing, files } = lasting.value;
  const driver = driverPart(world, lasting.value.cases, release, world.driver);
  const builds = lasting.value.cases.some(({ backend }) => backend?.release !== undefined);
  const kernel = kernelPart(world, { release, mode, pin: wish.pin === true, headers: builds, available });
  const words = missing.wanted.parameters.map(({ word }) => word);
  const cmdline = cmdlinePart(world, words, { force: wish.force === true });

  const parts = [kernel, driver, files, cmdline];
  const rebuilds = [...new Set(parts.flatMap((part) => part.rebuilds))];
  const holds = lasting.value.ownPaths.includes(OWN_MODPROBE) ? [OWN_MODPROBE.slice(1)] : [];
  const closing = closingSteps({ rebuilds, boot: ifKnown(world.facts.boot), release, holds });
  const changes = parts.some((part) => part.steps.length > 0);
  const reboot = rebootPart(world, {
    release,
    wanted: missing.wanted,
    words,
    changes,
    driver: driver.steps.length > 0,
    rebuilds,
  });
  const away = goingAway(world, device, mode, wish.deferReboot === true);
  const now = nowPart(world, {
    device,
    wish: asked,
    served: lasting.value.served,
    isLater: wish.deferReboot === true || away.running.length > 0,
    waits: reboot.waits,
  });
  const isPin = ({ action }: Step) => action === 'pinKernel';
  const steps: readonly Step[] = [
    ...now.before,
    ...kernel.steps.filter((step) => !isPin(step)),
    ...driver.steps,
    ...files.steps,
    ...cmdline.steps,
    ...closing.initramfs,
    ...kernel.steps.filter(isPin),
    ...closing.loader,
    ...now.after,
    ...reboot.steps,
  ];
  const managed = managedByYou(lasting.value, steps.length === 0, gpu.bdf, mode);
  const remarks: readonly Remark[] = [
    ...lasting.value.remarks,
    ...parts.flatMap((part) => part.remarks),
    ...managed.remarks,
    ...away.remarks,
    ...now.remarks,
    ...reboot.remarks,
  ];
  const title = titleOf(gpu.bdf, asked, own.backend?.backend);
  const desired = managed.whole && wish.takeOver !== true ? {} : { desired: { gpu: gpuKey(device), wish: asked } };
  return ok({ title, steps, remarks: once(remarks), ...desired });
}

/** What is asked of the GPU: this call's words first, then what was asked for before in the same mode. */
function wishFor(before: DesiredGpu | undefined, mode: DesiredGpu['mode'], wish: SetupWish): DesiredGpu {
  const same = before?.mode === mode ? before : undefined;
  const numVfs = mode === 'sriov' ? (wish.numVfs ?? same?.numVfs ?? wish.usualVfs) : undefined;
  const driver = mode === 'sriov' ? (wish.driver ?? same?.driver) : undefined;
  const kernel = wish.kernel ?? same?.kernel;
  return {
    mode,
    ...(numVfs === undefined ? {} : { numVfs }),
    ...(driver === undefined ? {} : { driver }),
    ...(kernel === undefined ? {} : { kernel }),
  };
}

function titleOf(bdf: string, { mode, numVfs }: DesiredGpu, backend: string | undefined): string {
  if (mode === 'host') return `give ${bdf} back to the host`;
  if (mode === 'gvt-d') return `set ${bdf} aside for one guest (gvt-d)`;
  if (mode === 'gvt-g') return `offer mediated devices of ${bdf} (gvt-g)`;
  const count = numVfs === undefined ? 'as many VFs as it has' : `${numVfs} VFs`;
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
