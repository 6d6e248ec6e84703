// SPDX-License-Identifier: AGPL-3.0-or-later

import { builtVersion } from '../driver/plan-driver.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { lookupGpu } from '../gpu/catalogue.ts';
import type { BackendChoice } from '../gpu/driver-backend.ts';
import { modeOf } from '../gpu/select-gpu.ts';
import type { GpuVerdict, Mode } from '../gpu/verdict.ts';
import { runningRelease } from '../kernels/boot-kernels.ts';
import { type DesiredGpu, desiredOf } from '../plan/desired.ts';
import { ok, problem, type Result } from '../problem.ts';
import { intelGpus } from '../vf/vf.ts';
import { chooseBackend } from './choose-backend.ts';
import { chooseGpu } from './choose-gpu.ts';
import { kernelFor } from './parts.ts';
import type { SetupWish, SetupWorld } from './setup-wish.ts';
import { countFits } from './vfs-now.ts';

/** Where a set-up goes: which GPU, what it shall do, and on which kernel. */
export interface SetupTarget {
  readonly gpu: GpuVerdict;
  readonly device: PciDevice;
  readonly mode: Mode;
  readonly wish: DesiredGpu;
  readonly release: string;
}

/** Decides on GPU, mode and kernel. Fails as the verdict says when the mode cannot work, or the kernel is not to be had. */
export function setupTarget(world: SetupWorld, wish: SetupWish): Result<SetupTarget> {
  const chosen = chooseGpu(world, wish);
  if (!chosen.ok) return chosen;
  const { gpu, mode } = chosen.value;
  const pci = ifKnown(world.facts.pci);
  const device = pci === undefined ? undefined : intelGpus(pci).find(({ bdf }) => bdf === gpu.bdf);
  if (device === undefined) return problem('gpu.unknown', `There is no Intel GPU at ${gpu.bdf}.`, { where: gpu.bdf });
  const asked = wishFor(desiredOf(world.desired, device), mode, wish);
  const fits = countFits(device, modeOf(gpu, 'sriov').maxVfs, asked.numVfs);
  if (!fits.ok) return fits;
  const kernel = kernelFor(world, gpu.bdf, asked, world.availableKernels ?? []);
  return kernel.ok ? ok({ gpu, device, mode, wish: asked, release: kernel.value }) : kernel;
}

/** The DKMS driver that has to be looked for before a target can be planned; undefined when there is none to be had or needed. */
export function neededDriver(world: SetupWorld, target: SetupTarget): BackendChoice | undefined {
  const { gpu, device, mode, wish, release } = target;
  const entry = lookupGpu(device.device);
  if (mode !== 'sriov' || entry === undefined) return undefined;
  const running = runningRelease(world.facts) ?? release;
  const choice = chooseBackend({ gpu, entry, runningRelease: running, release, asked: wish.driver });
  if (!choice.ok || choice.value.release === undefined) return undefined;
  const judged = modeOf(gpu, 'sriov');
  // What runs may be gone from the disk already, after a way back without a boot.
  const isThere = builtVersion(world, release) !== undefined;
  const runs = isThere && running === release && judged.readiness === 'now' && judged.backend === choice.value.backend;
  return runs ? undefined : choice.value;
}

/** What is asked of the GPU: this call's words first, then what was asked for before in the same mode. */
export function wishFor(before: DesiredGpu | undefined, mode: Mode, wish: SetupWish): DesiredGpu {
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
