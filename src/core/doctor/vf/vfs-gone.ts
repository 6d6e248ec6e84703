// SPDX-License-Identifier: AGPL-3.0-or-later
import { guestName } from '../../assign/guest-keys.ts';
import { attribute } from '../../gpu/gpu-case.ts';
import { NO_PF } from '../driver/no-pf.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { withKnown } from '../known-sections.ts';
import { isMadeAtStart, wantedVfs } from './wanted-vfs.ts';

/** VFs are wanted and there is none. */
export const vfsGone: FindingRule = {
  id: 'vf.gone',
  severity: 'error',
  title: 'VFs are wanted and do not exist',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/342',
  follows: ['vf.removal-open', 'vf.gpu-on-vfio', 'vf.display-attached', 'vf.count-refused', ...NO_PF],
  examine: (ground) =>
    withKnown(ground, ['pci', 'guests'], ({ pci }) =>
      wantedVfs(ground, pci).flatMap(({ pf, vfs, asked, entries, sign }): readonly Outcome[] => {
        const waiting = entries.filter((one) => !isMadeAtStart(one));
        if (vfs.length > 0 || (asked === undefined && waiting.length === 0)) return [];
        const names = [...new Set(waiting.map(({ guest }) => guestName(guest)))];
        const who = names.length === 0 ? 'They were asked for with "pveigpu apply sriov"' : `${names.join(', ')} cannot start`;
        return [
          {
            state: 'problem',
            subject: pf.bdf,
            because: `${pf.bdf} has no VFs now. ${who}${names.length === 0 ? ' and do not exist.' : ' without one.'}`,
            evidence: [attribute(pf, 'virtfn*', 'absent'), sign],
            remedy: {
              text: 'Make them again. Where they vanish each time a VM starts, that VM passes the whole GPU.',
              fix: asked === undefined ? { kind: 'apply', mode: 'sriov', gpu: pf.bdf } : { kind: 'vf-create', gpu: pf.bdf },
            },
          },
        ];
      }),
    ),
};

/** Fewer VFs exist than were asked for. */
export const fewerVfs: FindingRule = {
  id: 'vf.fewer',
  severity: 'warning',
  title: 'Fewer VFs exist than were asked for',
  reference: 'https://docs.kernel.org/PCI/pci-iov-howto.html',
  follows: ['vf.removal-open', 'vf.count-refused'],
  examine: (ground) =>
    withKnown(ground, ['pci'], ({ pci }) =>
      wantedVfs(ground, pci).flatMap(({ pf, vfs, asked }): readonly Outcome[] => {
        const wanted = asked === undefined ? 0 : (asked.numVfs ?? pf.sriov?.totalVfs ?? 0);
        if (vfs.length === 0 || vfs.length >= wanted) return [];
        return [
          {
            state: 'problem',
            subject: pf.bdf,
            because: `${pf.bdf} has ${vfs.length} VFs, and ${wanted} were asked for.`,
            evidence: [
              attribute(pf, 'virtfn*', vfs.map(({ bdf }) => bdf).join(' ')),
              { source: '/var/lib/pveigpu/desired.json', value: `${pf.bdf}: ${wanted} VFs` },
            ],
            remedy: {
              text: 'Stop the guests that have a VF and make them anew; the kernel changes the number only by way of 0.',
              fix: { kind: 'vf-create', gpu: pf.bdf },
            },
          },
        ];
      }),
    ),
};
