// SPDX-License-Identifier: AGPL-3.0-or-later

/** Scenarios that the rig's kernel cannot tell anything about, and why. They are counted in the summary. */
export const NOT_ON_THE_RIG: { readonly [scenario: string]: string } = {
  'no-iommu: Broadwell keeps its GPU out of the IOMMU': 'the quirk runs at boot, before the rig gives the GPU its identity',
  'binding: xe-vfio-pci takes the VFs of its own ids only': 'xe-vfio-pci is in kernel 7.0, the guest has 6.12',
};
