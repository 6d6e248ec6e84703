// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { attribute, logEvidence } from '../../gpu/gpu-case.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { gpuWishes } from '../gpu-wish.ts';

const QUIRK = /Disabling IOMMU for graphics on this chipset/;

/** The kernel itself keeps the graphics of some chipsets out of the IOMMU (drivers/iommu/intel/iommu.c, quirk_iommu_igfx). */
export const GPU_WITHOUT_GROUP: FindingRule = {
  id: 'kernel.gpu-without-iommu-group',
  severity: 'error',
  title: 'An IOMMU is in use, and the GPU is in none of its groups',
  reference: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/drivers/iommu/intel/iommu.c',
  follows: ['boot.graphics-without-iommu'],
  examine: (ground) =>
    gpuWishes(ground).flatMap((wish): readonly Outcome[] => {
      const { mode, device, facts, sign } = wish;
      const iommus = ifKnown(facts.platform)?.iommus ?? [];
      if (mode !== 'gvt-d' || device.iommuGroup !== null || iommus.length === 0) return [];
      const quirk = logEvidence(wish, QUIRK);
      const why = quirk === undefined ? '' : ': the kernel does not trust the IOMMU of this chipset with graphics';
      return [
        {
          state: 'problem',
          subject: device.bdf,
          because: `${device.bdf} is in no IOMMU group, so vfio-pci cannot give it to a guest${why}.`,
          evidence: [quirk ?? attribute(device, 'iommu_group', 'absent'), sign],
          remedy: {
            text:
              quirk === undefined
                ? 'Take igfx_off and intgpu_off out of the kernel command line, and update the BIOS.'
                : 'This GPU can serve containers (pveigpu apply host); pveigpu verdict names what else works.',
          },
        },
      ];
    }),
};
