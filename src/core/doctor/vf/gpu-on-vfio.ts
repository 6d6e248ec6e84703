// SPDX-License-Identifier: AGPL-3.0-or-later
import { attribute } from '../../gpu/gpu-case.ts';
import { VFIO_SETTINGS } from '../driver/no-pf.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { withKnown } from '../known-sections.ts';
import { wantedVfs } from './wanted-vfs.ts';

/**
 * The GPU itself is bound to vfio-pci while its VFs are wanted. VFs have the id of their GPU, so what takes "all of this id" takes the
 * GPU too: `vfio-pci ids=`, and PVE's own new_id (pve-common SysFSTools.pm) when the GPU is without a driver for a moment.
 */
export const gpuOnVfio: FindingRule = {
  id: 'vf.gpu-on-vfio',
  severity: 'error',
  title: 'The GPU whose VFs are wanted is bound to vfio-pci itself',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/352',
  follows: ['guest.passes-whole-gpu', ...VFIO_SETTINGS],
  examine: (ground) =>
    withKnown(ground, ['pci', 'guests'], ({ pci }) =>
      wantedVfs(ground, pci).flatMap(({ pf, sign }): readonly Outcome[] => {
        if (pf.driver !== 'vfio-pci') return [];
        return [
          {
            state: 'problem',
            subject: pf.bdf,
            because: `${pf.bdf} is bound to vfio-pci, so no driver can make VFs of it.`,
            evidence: [attribute(pf, 'driver', 'vfio-pci'), sign],
            remedy: {
              text: 'Stop the guest that has the whole GPU, take vfio-pci settings with its id away, and give it back to its driver.',
              fix: { kind: 'apply', mode: 'sriov', gpu: pf.bdf },
            },
          },
        ];
      }),
    ),
};
