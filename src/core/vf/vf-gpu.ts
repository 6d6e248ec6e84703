// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { modeOf, selectGpu } from '../gpu/select-gpu.ts';
import type { MachineVerdict, ModeVerdict } from '../gpu/verdict.ts';
import type { Bdf } from '../pci/address.ts';
import { ok, problem, type Result } from '../problem.ts';
import { noOpenRemoval } from './half-removed.ts';
import { intelGpus, type Vf, vfsOf } from './vf.ts';

/** A GPU that can do SR-IOV here, with what was judged of it. */
export interface VfGpu {
  readonly pf: PciDevice;
  readonly sriov: ModeVerdict;
  /** VFs that exist now. */
  readonly vfs: readonly Vf[];
  readonly vfioDriver: 'vfio-pci' | 'xe-vfio-pci';
}

/**
 * The GPU whose VFs are meant: the one asked for, or the only one that can do SR-IOV. Fails as `selectGpu` does, with `vf.in-use` while a
 * removal of its VFs has not ended, and with `gpu.cannot` when there are no VFs and the machine must be set up before there can be any.
 */
export function gpuForVfs(facts: HostFacts, verdict: MachineVerdict, wanted: Bdf | undefined): Result<VfGpu> {
  const chosen = selectGpu(verdict, { gpu: wanted, mode: 'sriov' });
  if (!chosen.ok) return chosen;
  const pci = ifKnown(facts.pci);
  const pf = pci === undefined ? undefined : intelGpus(pci).find((device) => device.bdf === chosen.value.bdf);
  if (pci === undefined || pf === undefined) return problem('gpu.unknown', `There is no Intel GPU at ${chosen.value.bdf}.`);
  const removed = noOpenRemoval(facts, pci, pf);
  if (!removed.ok) return removed;
  const sriov = modeOf(chosen.value, 'sriov');
  const vfs = vfsOf(pci, pf);
  if (sriov.readiness !== 'now' && vfs.length === 0) {
    const why = sriov.reasons[0]?.text ?? 'it is not set up for SR-IOV.';
    return problem('gpu.cannot', `${pf.bdf} (${chosen.value.name}) has no VFs and cannot make them as it is: ${why}`, {
      hint: 'Set it up with: pveigpu apply sriov',
      where: pf.bdf,
    });
  }
  return ok({ pf, sriov, vfs, vfioDriver: usableDriver(facts, sriov.vfioDriver ?? 'vfio-pci') });
}

/** `xe-vfio-pci` needs a kernel that has the module and a qemu-server that knows `driver=keep` (9.0.25). */
function usableDriver(facts: HostFacts, wanted: 'vfio-pci' | 'xe-vfio-pci'): 'vfio-pci' | 'xe-vfio-pci' {
  if (wanted === 'vfio-pci') return wanted;
  const module = ifKnown(facts.modules)?.modules.find((one) => one.name === 'xe_vfio_pci');
  const version = ifKnown(facts.pve)?.packages['qemu-server'];
  const hasModule = module !== undefined && module.origin !== 'absent' && module.origin !== 'unknown';
  return hasModule && version !== undefined && driverKeepKnown(version) ? wanted : 'vfio-pci';
}

/** Whether a version of qemu-server knows `driver=keep`, without which PVE takes a VF from `xe-vfio-pci`. */
export function driverKeepKnown(qemuServerVersion: string): boolean {
  return atLeast(qemuServerVersion, [9, 0, 25]);
}

function atLeast(version: string, wanted: readonly number[]): boolean {
  const own = version.split(/[^0-9]+/).map(Number);
  const place = wanted.findIndex((part, index) => (own[index] ?? 0) !== part);
  return place < 0 || (own[place] ?? 0) > (wanted[place] ?? 0);
}
