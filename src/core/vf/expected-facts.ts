// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import { known } from '../facts/section.ts';
import type { Bdf } from '../pci/address.ts';
import { expectedVfs } from './expected-vfs.ts';
import { vfsOf } from './vf.ts';
import type { VfGpu } from './vf-gpu.ts';

/**
 * The machine as it will be when a GPU has its first `count` VFs, bound for guests. Their IOMMU groups are numbered by the
 * kernel when they appear, so they are left out: good for looking ahead, not for what goes into a pool.
 */
export function withExpectedVfs(facts: HostFacts, gpu: VfGpu, count: number): { readonly facts: HostFacts; readonly gpu: VfGpu } {
  if (facts.pci.state !== 'known' || gpu.pf.sriov === undefined) return { facts, gpu };
  const places = expectedVfs(gpu.pf, count);
  const pf: PciDevice = { ...gpu.pf, sriov: { ...gpu.pf.sriov, vfs: places.map((bdf, index) => ({ index, bdf })) } };
  const others = facts.pci.value.displays.map((device) => (device.bdf === pf.bdf ? pf : device));
  const pci = { ...facts.pci.value, displays: [...others, ...places.map((bdf) => expectedVf(gpu, bdf))] };
  return { facts: { ...facts, pci: known(pci) }, gpu: { ...gpu, pf, vfs: vfsOf(pci, pf) } };
}

function expectedVf({ pf, vfioDriver }: VfGpu, bdf: Bdf): PciDevice {
  const { vendor, device, subsystemVendor, subsystemDevice } = pf;
  return {
    bdf,
    vendor,
    device: pf.sriov?.vfDevice ?? device,
    ...(subsystemVendor === undefined ? {} : { subsystemVendor }),
    ...(subsystemDevice === undefined ? {} : { subsystemDevice }),
    class: pf.class,
    driver: vfioDriver,
    driverOverride: known(vfioDriver),
    iommuGroup: null,
    bars: [],
    hasReset: true,
    hasRom: false,
    physfn: pf.bdf,
    sriovCapability: known(false),
  };
}
