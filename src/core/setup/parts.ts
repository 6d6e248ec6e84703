// SPDX-License-Identifier: AGPL-3.0-or-later
import { planCmdline } from '../boot/plan-cmdline.ts';
import type { DriverInputs } from '../driver/driver-inputs.ts';
import { builtVersion, planDriver } from '../driver/plan-driver.ts';
import { planDriverAway } from '../driver/plan-driver-away.ts';
import { ifKnown } from '../facts/section.ts';
import type { Mode } from '../gpu/verdict.ts';
import type { AvailableKernel } from '../kernels/available-kernel.ts';
import { defaultRelease, runningRelease } from '../kernels/boot-kernels.ts';
import { planKernel } from '../kernels/plan-kernel.ts';
import { targetKernel } from '../kernels/target-kernel.ts';
import type { Bdf } from '../pci/address.ts';
import type { DesiredGpu } from '../plan/desired.ts';
import { ok, problem, type Result } from '../problem.ts';
import { wishedGpus } from './setup-case.ts';
import { NO_PART, type SetupGround, type SetupPart } from './setup-part.ts';
import type { SetupCase } from './wanted.ts';

/**
 * The kernel that shall run after the set-up; to give a GPU back it is the one that runs, or where a pin of ours goes the one that boots
 * without it. While another GPU rests on that pin, it is the pinned one.
 */
export function kernelFor(
  ground: SetupGround,
  gpu: Bdf,
  wish: DesiredGpu,
  available: readonly AvailableKernel[],
): Result<string> {
  const { mode, kernel, driver } = wish;
  if (mode === 'host' && kernel === undefined) {
    const isNeeded = wishedGpus(ground, { bdf: gpu, wish }).some((one) => one.wish.mode !== 'host');
    const pinned = isNeeded ? defaultRelease(ground.facts) : unpinnedRelease(ground);
    const running = ground.ledger.pin === undefined ? runningRelease(ground.facts) : pinned;
    return running === undefined
      ? problem('facts.unknown', 'The running kernel is not known.', { hint: 'Run pveigpu on the node.' })
      : ok(running);
  }
  const asked = { ...(kernel === undefined ? {} : { kernel }), ...(driver === undefined ? {} : { driver }) };
  return targetKernel(ground, { gpu, mode, ...asked, available });
}

/** The kernel that the loader starts once our pin is given back. */
function unpinnedRelease({ facts, ledger }: SetupGround): string | undefined {
  if (facts.boot.state !== 'known') return runningRelease(facts);
  const { pinned: _ours, ...boot } = facts.boot.value;
  const before = ledger.pin?.before ?? null;
  const value = before === null ? boot : { ...boot, pinned: before };
  return defaultRelease({ ...facts, boot: { state: 'known', value } });
}

/** Kernel packages, and the pin where the loader would start another kernel. */
export function kernelPart(
  ground: SetupGround,
  one: {
    readonly release: string;
    readonly mode: Mode;
    readonly pin: boolean;
    /** Some GPU is in another mode than `host`, so that a pin of ours stays. */
    readonly isNeeded: boolean;
    readonly headers: boolean;
    readonly available: readonly AvailableKernel[];
  },
): SetupPart {
  const { release, mode, headers, available } = one;
  const pinned = ifKnown(ground.facts.boot)?.pinned;
  const isOurPin = ground.ledger.pin !== undefined && pinned === release && one.isNeeded;
  const pin = one.pin || isOurPin || (mode !== 'host' && defaultRelease(ground.facts) !== release);
  return planKernel(ground, { release, pin, headers, available });
}

/** The driver packages that some GPU wants, or their way out when none does. */
export function driverPart(
  ground: SetupGround,
  cases: readonly SetupCase[],
  release: string,
  inputs: DriverInputs | undefined,
): SetupPart {
  const wanting = cases.find(({ backend }) => backend !== undefined && backend.backend !== 'xe');
  if (wanting?.backend === undefined) {
    const away = planDriverAway(ground);
    const stock = cases.find(({ backend }) => backend !== undefined);
    if (stock?.backend === undefined) return away;
    const part = planDriver(ground, { bdf: stock.device.bdf, choice: stock.backend, release });
    return { ...away, remarks: [...away.remarks, ...part.remarks] };
  }
  // It runs, and nobody looked for a file of it: it is left alone.
  if (inputs === undefined && (builtVersion(ground, release) !== undefined || wanting.backend.release === undefined))
    return NO_PART;
  return planDriver(ground, {
    bdf: wanting.device.bdf,
    choice: wanting.backend,
    release,
    // The part of the kernel brings them, right before.
    headersComing: true,
    ...(inputs === undefined ? {} : { inputs }),
  });
}

/** The words of ours on the kernel command line. */
export function cmdlinePart(
  ground: SetupGround,
  words: readonly string[],
  options: { readonly force: boolean; readonly replacing: readonly string[] },
): SetupPart {
  return planCmdline(ground, words, options);
}
