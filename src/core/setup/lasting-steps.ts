// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../facts/section.ts';
import type { Mode } from '../gpu/verdict.ts';
import type { Remark, Step } from '../plan/action.ts';
import type { LastingPart } from './lasting-part.ts';
import { OWN_MODPROBE } from './own-path.ts';
import { cmdlinePart, driverPart, kernelPart } from './parts.ts';
import { closingSteps } from './plan-order.ts';
import { type RebootPart, rebootPart } from './reboot-part.ts';
import type { SetupWish, SetupWorld } from './setup-wish.ts';

/** All that survives a reboot, in the order in which it is done. */
export interface LastingSteps {
  readonly steps: readonly Step[];
  readonly remarks: readonly Remark[];
  /** Comes last of all. */
  readonly reboot: RebootPart;
}

/** Packages, files, units, command line, then what is made from them: the initramfs of the kernel that will run, the pin, the loader. */
export function lastingSteps(
  world: SetupWorld,
  wish: SetupWish,
  lasting: LastingPart,
  { release, mode }: { readonly release: string; readonly mode: Mode },
): LastingSteps {
  const { missing, files, cases } = lasting;
  const driver = driverPart(world, cases, release, world.driver);
  const headers = cases.some(({ backend }) => backend?.release !== undefined);
  const available = world.availableKernels ?? [];
  const isNeeded = cases.some((one) => one.mode !== 'host');
  const kernel = kernelPart(world, { release, mode, pin: wish.pin === true, isNeeded, headers, available });
  const words = missing.wanted.parameters.map(({ word }) => word);
  const cmdline = cmdlinePart(world, words, { force: wish.force === true, replacing: lasting.counters });
  const parts = [kernel, driver, files, cmdline];
  const rebuilds = [...new Set(parts.flatMap((part) => part.rebuilds))];
  const holds = lasting.ownPaths.includes(OWN_MODPROBE) ? [OWN_MODPROBE.slice(1)] : [];
  const changes = parts.some((part) => part.steps.length > 0);
  const reboot = rebootPart(world, {
    release,
    wanted: missing.wanted,
    words: [...words, ...lasting.counters],
    counters: lasting.counters,
    changes,
    driver: driver.steps.length > 0,
    rebuilds,
    givesBack: holds.length === 0,
  });
  const boot = ifKnown(world.facts.boot);
  const closing = closingSteps({ rebuilds, boot, release, also: reboot.rebuildNow, holds });
  const isPin = ({ action }: Step) => action === 'pinKernel';
  const steps = [
    ...kernel.steps.filter((step) => !isPin(step)),
    ...driver.steps,
    ...files.steps,
    ...cmdline.steps,
    ...closing.initramfs,
    ...kernel.steps.filter(isPin),
    ...closing.loader,
  ];
  return { steps, remarks: [...lasting.remarks, ...parts.flatMap((part) => part.remarks)], reboot };
}
