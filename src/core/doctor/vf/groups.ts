// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciFacts } from '../../facts/pci-facts.ts';
import { type Vf, vfName } from '../../vf/vf.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { withKnown } from '../known-sections.ts';
import { wantedVfs } from './wanted-vfs.ts';

const REFERENCE = 'https://github.com/strongtz/i915-sriov-dkms/issues/321';

/** A VF lies in the IOMMU group of its GPU: PVE binds whole groups (pve-common SysFSTools.pm), so it takes the GPU as well. */
export const groupWithGpu: FindingRule = {
  id: 'vf.group-with-gpu',
  severity: 'error',
  title: 'VFs share an IOMMU group with their GPU',
  reference: REFERENCE,
  follows: ['firmware.group-shared'],
  examine: (ground) =>
    withKnown(ground, ['pci', 'guests'], ({ pci }) =>
      wantedVfs(ground, pci).flatMap(({ pf, vfs, sign }): readonly Outcome[] => {
        const vf = vfs.find(({ bdf }) => groupOf(pci, bdf)?.members.includes(pf.bdf) ?? false);
        const group = vf === undefined ? undefined : groupOf(pci, vf.bdf);
        if (vf === undefined || group === undefined) return [];
        return [
          {
            state: 'problem',
            subject: pf.bdf,
            because: `${vfName(vf)} shares IOMMU group ${group.id} with ${pf.bdf} itself, so a guest that gets it takes the GPU from its driver, and all VFs vanish.`,
            evidence: [groupEvidence(group), sign],
            remedy: {
              text: 'On this machine VFs cannot be given away as it is set up. Look for ACS or SR-IOV settings in the firmware set-up, and update the BIOS.',
            },
          },
        ];
      }),
    ),
};

/** VFs share a group with one another: guests that have different ones cannot run at the same time. */
export const groupOfVfs: FindingRule = {
  id: 'vf.group-shared',
  severity: 'error',
  title: 'Several VFs share one IOMMU group',
  reference: REFERENCE,
  follows: ['vf.group-with-gpu', 'firmware.group-shared'],
  examine: (ground) =>
    withKnown(ground, ['pci', 'guests'], ({ pci }) =>
      wantedVfs(ground, pci).flatMap(({ pf, vfs, sign }): readonly Outcome[] => {
        const shares = (vf: Vf) => vfs.some(({ bdf }) => bdf !== vf.bdf && groupOf(pci, vf.bdf)?.members.includes(bdf));
        const shared = vfs.filter(shares);
        const group = shared[0] === undefined ? undefined : groupOf(pci, shared[0].bdf);
        if (group === undefined) return [];
        return [
          {
            state: 'problem',
            subject: pf.bdf,
            because: `${shared.map(vfName).join(', ')} share an IOMMU group, so only one guest at a time can have any of them.`,
            evidence: [groupEvidence(group), sign],
            remedy: { text: 'Look for ACS settings in the firmware set-up, and update the BIOS; or use one VF alone.' },
          },
        ];
      }),
    ),
};

function groupOf(pci: PciFacts, bdf: string): PciFacts['iommuGroups'][number] | undefined {
  return pci.iommuGroups.find(({ members }) => (members as readonly string[]).includes(bdf));
}

function groupEvidence({ id, members }: PciFacts['iommuGroups'][number]): { readonly source: string; readonly value: string } {
  return { source: `/sys/kernel/iommu_groups/${id}/devices`, value: members.join(' ') };
}
