// SPDX-License-Identifier: AGPL-3.0-or-later
import { halfRemovedVfs, openRemovalText } from '../../vf/half-removed.ts';
import { intelGpus, vfName } from '../../vf/vf.ts';
import { vfHolders } from '../../vf/vf-holders.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { withKnown } from '../known-sections.ts';

/** VFs were taken away while one is open: the kernel waits for that, and everything about VFs waits behind it. */
export const removalOpen: FindingRule = {
  id: 'vf.removal-open',
  severity: 'error',
  title: 'A removal of VFs has not ended',
  reference: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/drivers/pci/iov.c',
  examine: (ground) =>
    withKnown(ground, ['pci'], ({ pci }) =>
      intelGpus(pci).flatMap((pf): readonly Outcome[] => {
        const text = openRemovalText(pci, pf);
        if (text === undefined) return [];
        const half = halfRemovedVfs(pci, pf);
        const users = [...new Set(half.flatMap((vf) => vfHolders(ground.facts, vf).map(({ name }) => name)))];
        const left = (pf.sriov?.vfs ?? []).map(({ index }) => `virtfn${index}`).join(' ');
        return [
          {
            state: 'problem',
            subject: pf.bdf,
            because: text,
            evidence: [
              { source: `/sys/bus/pci/devices/${pf.bdf}/virtfn*`, value: left === '' ? 'absent' : left },
              ...half.map((vf) => ({ source: `${vfName(vf)} physfn`, value: 'absent' })),
            ],
            remedy: {
              text:
                users.length === 0
                  ? 'dmesg says what the kernel waits for; a reboot ends it.'
                  : `Stop ${users.join(', ')}, and it ends by itself; then pveigpu vf create.`,
            },
          },
        ];
      }),
    ),
};
