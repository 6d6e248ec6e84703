// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { lookupGpu } from '../../gpu/catalogue.ts';
import { attribute, logEvidence, moduleState } from '../../gpu/gpu-case.ts';
import type { Evidence } from '../../gpu/verdict.ts';
import { intelGpus } from '../../vf/vf.ts';
import type { DoctorCase } from '../doctor-case.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { leadingWishes } from '../leading-wishes.ts';
import { said } from '../said.ts';
import { NO_OTHER_DRIVER } from './wrong-build.ts';

const GRAPHICS = ['i915', 'xe'];
// drivers/base/dd.c since 6.8 and before; i915_driver.c
const GAVE_UP =
  /(probe with driver (i915|xe) failed|(i915|xe): probe of \S+ failed|Device initialization failed) (with error )?\(?-\d+/;
const UNSUPPORTED = /graphics device \w+ is not officially supported/i;

/** A GPU without a driver, and what shows that one is wanted. */
function unbound(ground: DoctorCase) {
  const { facts } = ground;
  const pci = ifKnown(facts.pci);
  const loaded = GRAPHICS.filter((name) => moduleState(facts, name)?.loaded === true);
  return (pci === undefined ? [] : intelGpus(pci)).flatMap((device) => {
    const wish = leadingWishes(ground).find((one) => one.device.bdf === device.bdf);
    if (device.driver !== null || wish?.mode === 'gvt-d') return [];
    const module: Evidence = { source: '/sys/module', value: loaded.join(' ') };
    const sign = wish?.sign ?? (loaded.length > 0 ? module : undefined);
    return sign === undefined || lookupGpu(device.device) === undefined ? [] : [{ device, facts, loaded, sign }];
  });
}

/** Nothing can be done with a GPU that no driver has. */
export const NOT_BOUND: FindingRule = {
  id: 'driver.not-bound',
  severity: 'error',
  title: 'No driver is bound to the GPU',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/292',
  follows: [
    ...NO_OTHER_DRIVER,
    'boot.nomodeset',
    'leftover.driver-blocked',
    'leftover.vfio-ids',
    'leftover.driverctl',
    'leftover.udev-override',
    'driver.xe-not-forced',
    'driver.probe-failed',
  ],
  examine: (ground) =>
    unbound(ground).map((gpu): Outcome => {
      const { device, loaded, sign } = gpu;
      const loadedText =
        loaded.length === 0
          ? 'Neither i915 nor xe is loaded'
          : `${loaded.join(' and ')} ${loaded.length === 1 ? 'is' : 'are'} loaded and ${loaded.length === 1 ? 'has' : 'have'} not taken it`;
      const log = logEvidence(
        gpu,
        /no driver bound to device; cannot configure SR-IOV|I915 probe blocked|Probe blocked for device/,
      );
      return {
        state: 'problem',
        subject: device.bdf,
        because: `No driver has the GPU ${device.bdf}: ${loadedText}, so neither the host nor a VF can use it.`,
        evidence: [attribute(device, 'driver', 'absent'), sign, ...(log === undefined ? [] : [log])],
        remedy: {
          text: `Look why with "dmesg | grep -E 'i915|xe'"; "pveigpu plan" shows what the mode that is wanted needs. A driver that was only not loaded comes with modprobe ${loaded[0] ?? 'i915'}.`,
        },
      };
    }),
};

/** The driver was there and gave up on the GPU. */
export const PROBE_FAILED: FindingRule = {
  id: 'driver.probe-failed',
  severity: 'error',
  title: 'The driver gave up on the GPU',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/103',
  follows: ['driver.firmware-missing', 'driver.enable-guc-7', 'firmware.guc-image-refused', 'kernel.known-bad'],
  examine: (ground) =>
    unbound(ground).flatMap((gpu): readonly Outcome[] => {
      const line = logEvidence(gpu, GAVE_UP);
      if (line === undefined) return [];
      return [
        {
          state: 'problem',
          subject: gpu.device.bdf,
          because: `The driver tried to take ${gpu.device.bdf} and ended with an error.`,
          evidence: [line, attribute(gpu.device, 'driver', 'absent')],
          remedy: {
            text: 'The lines before this one in dmesg say why; "pveigpu explain" reads them. Missing GPU firmware (pve-firmware) is the usual cause.',
          },
        },
      ];
    }),
};

/** xe leaves GPUs alone that its authors do not support yet, unless `force_probe` names them. */
export const XE_NOT_FORCED: FindingRule = {
  id: 'driver.xe-not-forced',
  severity: 'error',
  title: 'xe leaves the GPU alone because xe.force_probe does not name it',
  reference: 'https://docs.kernel.org/gpu/xe/index.html',
  follows: ['boot.reboot-pending', 'boot.param-not-booted', 'boot.param-in-inactive-loader'],
  examine: (ground) =>
    unbound(ground).flatMap((gpu): readonly Outcome[] => {
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

/** `Setting dangerous option enable_guc - tainting kernel` worries people and is how i915 says that it was told something. */
export const DANGEROUS_OPTION: FindingRule = {
  id: 'driver.dangerous-option-normal',
  severity: 'note',
  title: 'i915 calls an option dangerous that is needed',
  reference: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/drivers/gpu/drm/i915/i915_params.c',
  examine: ({ facts }) => {
    const [last] = said(facts, 'harmless.dangerous-option').slice(-1);
    if (last === undefined) return [];
    return {
      state: 'problem',
      because:
        'i915 says this of each option that its authors do not test; VFs and GVT-g need such options, and the taint has no other effect.',
      evidence: [last],
      remedy: { text: 'Nothing has to be done.' },
    };
  },
};
