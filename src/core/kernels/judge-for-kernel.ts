// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { judge } from '../gpu/judge.ts';
import type { GpuVerdict, MachineVerdict, ModeVerdict, Reason } from '../gpu/verdict.ts';
import { factsUnderKernel } from './facts-under-kernel.ts';

/** Reasons that speak of what runs now; said of another kernel they would not be true. */
const OF_NOW: readonly string[] = ['sriov.stock-i915', 'sriov.max-vfs-ignored', 'sriov.pf-ready', 'sriov.xe-says-no'];

/**
 * What each GPU could do if this machine ran another kernel, installed or not. `now` means: as soon as that kernel is booted;
 * `setup`: after an apply for it. A mode that would need yet another kernel is a no here. For the running kernel it is the verdict itself,
 * but for that.
 */
export function judgeForKernel(facts: HostFacts, release: string): MachineVerdict {
  const verdict = judge(factsUnderKernel(facts, release));
  const runs = ifKnown(facts.kernel)?.release === release;
  const drivers = new Map((ifKnown(facts.pci)?.displays ?? []).map(({ bdf, driver }) => [bdf, driver]));
  const gpus = verdict.gpus.map((gpu): GpuVerdict => {
    const modes = gpu.modes.map((mode) => onThisKernel(runs ? mode : inThatCase(mode, release)));
    return { ...gpu, driver: drivers.get(gpu.bdf) ?? null, modes };
  });
  // Which nodes a driver will make under another kernel nobody can know: that is not missing.
  const remarks = verdict.remarks.filter(({ text }) => facts.drm.state !== 'known' || text !== 'Not known: drm (not looked at).');
  return { ...verdict, gpus, remarks };
}

/** "Yes, with another kernel" is a no for this one. */
function onThisKernel(mode: ModeVerdict): ModeVerdict {
  if (!mode.reasons.some(({ id }) => id === 'sriov.other-kernel')) return mode;
  const { mode: name, reasons, needs } = mode;
  return { mode: name, answer: 'no', reasons, needs };
}

function inThatCase(mode: ModeVerdict, release: string): ModeVerdict {
  if (!mode.reasons.some(({ id }) => OF_NOW.includes(id))) return mode;
  const reasons = mode.reasons.filter(({ id }) => !OF_NOW.includes(id));
  return { ...mode, reasons: [...(reasons.length > 0 ? [] : [ready(mode, release)]), ...reasons] };
}

function ready({ answer, backend }: ModeVerdict, release: string): Reason {
  if (answer !== 'yes') return { id: 'sriov.no-driver-ready', text: `No driver of kernel ${release} offers VFs.`, evidence: [] };
  const text =
    backend === 'xe'
      ? `The xe of kernel ${release} has SR-IOV, and xe drives the GPU already.`
      : `i915-sriov-dkms is built for kernel ${release}, and its options are given.`;
  return { id: 'sriov.driver-ready', text, evidence: [] };
}
