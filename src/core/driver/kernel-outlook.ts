// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { modeOf } from '../gpu/select-gpu.ts';
import type { Mode } from '../gpu/verdict.ts';
import { judgeForKernel } from '../kernels/judge-for-kernel.ts';
import { type Desired, desiredOf } from '../plan/desired.ts';

/** What becomes of one GPU's mode under one kernel. */
export interface GpuOutlook {
  readonly bdf: string;
  readonly name: string;
  readonly mode: Mode;
  /** Whether the mode was asked of pveigpu, and not set up by hand. */
  readonly isOurs: boolean;
  readonly keeps: 'yes' | 'no' | 'unknown';
  /** Why, in sentences. */
  readonly because: readonly string[];
  /** What to do so that it keeps the mode, each a sentence. */
  readonly todo: readonly string[];
}

/**
 * Whether a kernel keeps the mode of each GPU as the machine is now: the one that is desired, or VFs that somebody made by
 * hand. A GPU that only the host uses is kept by every kernel and is left out.
 */
export function kernelOutlook(facts: HostFacts, desired: Desired, release: string): readonly GpuOutlook[] {
  const displays = ifKnown(facts.pci)?.displays ?? [];
  const verdict = judgeForKernel(facts, release);
  return displays.flatMap((device) => {
    const gpu = verdict.gpus.find(({ bdf }) => bdf === device.bdf);
    const mode = modeInUse(device, desired);
    if (gpu === undefined || mode === undefined || mode === 'host') return [];
    const { answer, readiness, reasons, needs } = modeOf(gpu, mode);
    const keeps = answer === 'yes' ? (readiness === 'now' ? 'yes' : 'no') : answer;
    const because = reasons.map(({ text }) => text);
    const isOurs = desiredOf(desired, device) !== undefined;
    return [{ bdf: device.bdf, name: gpu.name, mode, isOurs, keeps, because, todo: keeps === 'yes' ? [] : needs }];
  });
}

function modeInUse(device: PciDevice, desired: Desired): Mode | undefined {
  if (device.physfn !== undefined) return undefined;
  return desiredOf(desired, device)?.mode ?? ((device.sriov?.vfs.length ?? 0) > 0 ? 'sriov' : undefined);
}
