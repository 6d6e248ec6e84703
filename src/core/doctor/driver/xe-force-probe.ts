// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { attribute, logEvidence } from '../../gpu/gpu-case.ts';
import { intelGpus } from '../../vf/vf.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { unboundGpus } from './binding.ts';

/** Its first line; the others follow by themselves in the log (kernel drivers/gpu/drm/xe/xe_pci.c). */
const UNSUPPORTED = /graphics device \w+ is not officially supported/i;

/** xe leaves GPUs alone that its authors do not support yet, unless `force_probe` names them. */
export const XE_NOT_FORCED: FindingRule = {
  id: 'driver.xe-not-forced',
  severity: 'error',
  title: 'xe leaves the GPU alone because xe.force_probe does not name it',
  reference: 'https://docs.kernel.org/gpu/xe/index.html',
  follows: ['boot.reboot-pending', 'boot.own-settings-gone', 'boot.param-not-booted', 'boot.param-in-inactive-loader'],
  examine: (ground) =>
    unboundGpus(ground).flatMap((gpu): readonly Outcome[] => {
      const line = logEvidence(gpu, UNSUPPORTED);
      if (line === undefined) return [];
      const { bdf, device: id } = gpu.device;
      return [
        {
          state: 'problem',
          subject: bdf,
          because: `xe does not take ${bdf} by itself in this kernel, and no other driver has it.`,
          evidence: [line, attribute(gpu.device, 'driver', 'absent')],
          remedy: {
            text: `Give xe the option force_probe=${id} and i915 force_probe=!${id}, or let i915 have the GPU; "pveigpu apply sriov" sets what is needed.`,
          },
        },
      ];
    }),
};

/** The same message where i915 has the GPU: it says only that xe leaves it to i915. */
export const XE_MESSAGE: FindingRule = {
  id: 'driver.xe-message-harmless',
  severity: 'note',
  title: 'xe says that it does not support the GPU, and need not',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/225',
  examine: ({ facts }) => {
    const gpus = intelGpus(ifKnown(facts.pci) ?? { displays: [], others: [], iommuGroups: [] });
    return gpus.flatMap((device): readonly Outcome[] => {
      const line = device.driver === 'i915' ? logEvidence({ facts, device }, UNSUPPORTED) : undefined;
      if (line === undefined) return [];
      return [
        {
          state: 'problem',
          subject: device.bdf,
          because: `xe said that it leaves ${device.bdf} and its VFs alone; i915 has the GPU, so nothing is wrong with that.`,
          evidence: [line, attribute(device, 'driver', 'i915')],
          remedy: {
            text: 'Nothing has to be done. Do not add the force_probe words of that message while i915 shall keep the GPU.',
          },
        },
      ];
    });
  },
};
