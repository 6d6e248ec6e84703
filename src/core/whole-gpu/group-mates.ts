// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import type { Bdf } from '../pci/address.ts';
import { deviceAt } from '../vf/vf.ts';

/** Who else is in a device's IOMMU group; bridges to other buses stay with the host (pve-common SysFSTools.pm). */
export function groupMates(pci: PciFacts, device: PciDevice): readonly Bdf[] {
  const members =
    pci.iommuGroups.find(({ id }) => id === device.iommuGroup)?.members ??
    [...pci.displays, ...pci.others].filter(({ iommuGroup }) => iommuGroup === device.iommuGroup).map(({ bdf }) => bdf);
  return members.filter((bdf) => bdf !== device.bdf && deviceAt(pci, bdf)?.class.startsWith('0604') !== true);
}
