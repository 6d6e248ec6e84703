// SPDX-License-Identifier: AGPL-3.0-or-later
import { iommuObstacle } from '../../gpu/iommu.ts';
import type { DoctorCase } from '../doctor-case.ts';
import type { FindingId, FindingRule, Severity, Trouble } from '../finding.ts';
import { gpuWishes } from '../gpu-wish.ts';
import { asTrouble } from '../trouble.ts';

const REFERENCE = 'https://pve.proxmox.com/wiki/PCI_Passthrough#_iommu';

/** `intel_iommu=off` or `iommu=off` on the command line. */
export const IOMMU_OFF_BY_PARAMETER = iommuRule('boot.iommu-off-by-parameter', 'iommu.off-by-parameter', {
  title: 'The kernel command line switches the IOMMU off',
  follows: ['boot.contradicting-params'],
});

/** The firmware offers VT-d and the kernel leaves it: `intel_iommu=on` is missing. */
export const IOMMU_NOT_USED = iommuRule('boot.iommu-not-used', 'iommu.not-used', {
  title: 'The firmware offers VT-d, but the kernel does not use it',
  follows: ['boot.param-in-inactive-loader', 'boot.param-not-booted', 'boot.reboot-pending'],
});

/** `intel_iommu=on,igfx_off`: everything but the GPU is translated. */
export const GRAPHICS_WITHOUT_IOMMU = iommuRule('boot.graphics-without-iommu', 'iommu.graphics-off', {
  title: 'The kernel command line takes the GPU out of the IOMMU',
});

/** What the verdict finds of the IOMMU, where a GPU is wanted for guests. */
function iommuRule(
  id: FindingId,
  reasonId: string,
  more: { readonly title: string; readonly follows?: readonly FindingId[]; readonly severity?: Severity },
): FindingRule {
  const examine = (ground: DoctorCase): readonly Trouble[] => {
    const wishes = gpuWishes(ground).filter(({ mode }) => mode !== 'host');
    const found = wishes.flatMap(({ facts, device, sign }) => {
      const obstacle = iommuObstacle({ facts, device });
      return obstacle?.reason.id === reasonId ? [{ device, sign, obstacle }] : [];
    });
    return found
      .slice(0, 1)
      .map(({ sign, obstacle }) => asTrouble(obstacle.reason, { remedy: { text: obstacle.need }, also: [sign] }));
  };
  return { id, severity: 'error', reference: REFERENCE, ...more, examine };
}
