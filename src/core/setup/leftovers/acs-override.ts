// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Detector } from './leftover.ts';

/** `pcie_acs_override=` of Proxmox's kernels: IOMMU groups are then what the parameter says, not what the hardware keeps apart. */
export const acsOverride: Detector = ({ others }) =>
  others.words
    .filter((word) => word.startsWith('pcie_acs_override='))
    .map((text) => ({
      id: 'leftover.acs-override',
      path: '/proc/cmdline',
      text,
      says: 'IOMMU groups are split although the hardware does not keep the devices apart; integrated GPUs and VFs do not need this.',
    }));
