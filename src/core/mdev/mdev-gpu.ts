// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import type { MdevType, PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { modeOf, selectGpu } from '../gpu/select-gpu.ts';
import type { GpuVerdict, MachineVerdict } from '../gpu/verdict.ts';
import type { Bdf } from '../pci/address.ts';
import { ok, type Problem, problem, type Result } from '../problem.ts';
import { intelGpus } from '../vf/vf.ts';
import { apertureMiB } from './aperture.ts';

/** A GPU that offers mediated devices now. */
export interface MdevGpu {
  readonly gpu: PciDevice;
  readonly name: string;
  /** At least one, largest first. */
  readonly types: readonly MdevType[];
}

/**
 * The GPU whose mediated devices are meant. Fails as `selectGpu` does, and with `gpu.cannot` where GVT-g could run but does
 * not: kvmgt is not loaded, it is not switched on, GuC submission is in the way, or the aperture is too small.
 */
export function gpuForMdev(facts: HostFacts, verdict: MachineVerdict, wanted: Bdf | undefined): Result<MdevGpu> {
  const chosen = selectGpu(verdict, { gpu: wanted, mode: 'gvt-g' });
  if (!chosen.ok) return chosen;
  const pci = ifKnown(facts.pci);
  const gpu = pci === undefined ? undefined : intelGpus(pci).find((device) => device.bdf === chosen.value.bdf);
  if (gpu === undefined) return problem('gpu.unknown', `There is no Intel GPU at ${chosen.value.bdf}.`);
  const types = sortedTypes(gpu);
  return types.length === 0 ? noTypes(gpu, chosen.value) : ok({ gpu, name: chosen.value.name, types });
}

/** The types that a GPU offers, largest first; types of the same size by name. */
export function sortedTypes(gpu: PciDevice): readonly MdevType[] {
  const size = (type: MdevType) => type.lowGmMiB ?? type.weight ?? 0;
  return [...(gpu.mdevTypes ?? [])].sort((a, b) => size(b) - size(a) || (a.id < b.id ? -1 : 1));
}

/** Why a GPU that has GVT-g offers no mediated devices now, and what to do. */
export function noTypes(gpu: PciDevice, judged: GpuVerdict): { readonly ok: false; readonly problem: Problem } {
  const where = gpu.bdf;
  const name = `${gpu.bdf} (${judged.name})`;
  if (gpu.mdevTypes !== undefined) {
    const aperture = apertureMiB(gpu);
    const size = aperture === undefined ? 'Its aperture' : `Its aperture of ${aperture} MB`;
    const message = `${name} has GVT-g, but offers no mediated devices: ${size} has no room for one beside the 128 MB of the host.`;
    return problem('gpu.cannot', message, { hint: 'Set a larger aperture size in the firmware setup, 256 MB or more.', where });
  }
  const { reasons, needs } = modeOf(judged, 'gvt-g');
  const why = reasons.map(({ text }) => text).join(' ');
  const hint = [...needs, 'pveigpu apply gvt-g does what is missing.'].join(' ');
  return problem('gpu.cannot', `${name} offers no mediated devices now. ${why}`, { hint, where });
}
