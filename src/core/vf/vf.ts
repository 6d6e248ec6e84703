// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import type { Bdf } from '../pci/address.ts';
import { wholeDisplays } from './whole-displays.ts';

/** Intel's PCI vendor id. */
const INTEL = '8086';

/** One VF of an Intel GPU. */
export interface Vf {
  readonly pf: PciDevice;
  /** As drivers, firmware and `--vf` count: 1 is `virtfn0`. */
  readonly number: number;
  readonly bdf: Bdf;
  /** Absent when the VF's own directory could not be read. */
  readonly device?: PciDevice;
}

/** The Intel display devices that are no VFs, sorted by address. */
export function intelGpus(pci: PciFacts): readonly PciDevice[] {
  return wholeDisplays(pci).filter((device) => device.vendor === INTEL);
}

/** The VFs of one GPU by its `virtfnN` links, VF 1 first. */
export function vfsOf(pci: PciFacts, pf: PciDevice): readonly Vf[] {
  const links = [...(pf.sriov?.vfs ?? [])].sort((a, b) => a.index - b.index);
  return links.map(({ index, bdf }) => {
    const device = pci.displays.find((display) => display.bdf === bdf);
    return { pf, number: index + 1, bdf, ...(device === undefined ? {} : { device }) };
  });
}

/** All VFs of all Intel GPUs. */
export function intelVfs(pci: PciFacts): readonly Vf[] {
  return intelGpus(pci).flatMap((pf) => vfsOf(pci, pf));
}

/** The device of one address, display or not. */
export function deviceAt(pci: PciFacts, bdf: string): PciDevice | undefined {
  return pci.displays.find((device) => device.bdf === bdf) ?? pci.others.find((device) => device.bdf === bdf);
}

/** For messages: `VF 3 (0000:00:02.3)`. */
export function vfName(vf: Pick<Vf, 'number' | 'bdf'>): string {
  return `VF ${vf.number} (${vf.bdf})`;
}
