// SPDX-License-Identifier: AGPL-3.0-or-later
import { iommuObstacle } from '../../gpu/iommu.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { gpuWishes } from '../gpu-wish.ts';
import { asTrouble } from '../trouble.ts';

/** Guests want a GPU, and the firmware offers no IOMMU. */
export const VTD_OFF: FindingRule = {
  id: 'firmware.vtd-off',
  severity: 'error',
  title: 'VT-d is switched off in the firmware set-up, or the board has none',
  reference: 'https://pve.proxmox.com/wiki/PCI_Passthrough#Verifying_IOMMU_parameters',
  matters: true,
  examine: (ground) => {
    const wishes = gpuWishes(ground).filter(({ mode }) => mode !== 'host');
    const first = new Map(wishes.map((wish) => [wish.device.bdf, wish]).reverse() as [string, (typeof wishes)[number]][]);
    return [...first.values()].reverse().flatMap((wish): readonly Outcome[] => {
      const obstacle = iommuObstacle(wish);
      const subject = wish.device.bdf;
      if (obstacle?.kind === 'unknown') return [{ state: 'unmeasured', subject, because: obstacle.reason.text, needs: 'root' }];
      if (obstacle?.kind !== 'firmware') return [];
      return [asTrouble(obstacle.reason, { subject, also: [wish.sign], remedy: { text: obstacle.need } })];
    });
  },
};
