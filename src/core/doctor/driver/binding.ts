// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { lookupGpu } from '../../gpu/catalogue.ts';
import { attribute, logEvidence, moduleState } from '../../gpu/gpu-case.ts';
import type { Evidence } from '../../gpu/verdict.ts';
import { intelGpus } from '../../vf/vf.ts';
import type { DoctorCase } from '../doctor-case.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { leadingWishes } from '../leading-wishes.ts';
import { NO_OTHER_DRIVER } from './wrong-build.ts';

const GRAPHICS = ['i915', 'xe'];
// drivers/base/dd.c since 6.8 and before; i915_driver.c
const GAVE_UP =
  /(probe with driver (i915|xe) failed|(i915|xe): probe of \S+ failed|Device initialization failed) (with error )?\(?-\d+/;

/** GPUs without a driver, and what shows that one is wanted. */
export function unboundGpus(ground: DoctorCase) {
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
    unboundGpus(ground).map((gpu): Outcome => {
      const { device, loaded, sign } = gpu;
      const isOne = loaded.length === 1;
      const has = `: ${loaded.join(' and ')} ${isOne ? 'is' : 'are'} loaded and ${isOne ? 'has' : 'have'} not taken it`;
      const none = gpu.facts.modules.state === 'known' ? ': neither i915 nor xe is loaded' : '';
      const log = logEvidence(
        gpu,
        /no driver bound to device; cannot configure SR-IOV|I915 probe blocked|Probe blocked for device/,
      );
      return {
        state: 'problem',
        subject: device.bdf,
        because: `No driver has the GPU ${device.bdf}${loaded.length === 0 ? none : has}, so neither the host nor a VF can use it.`,
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
    unboundGpus(ground).flatMap((gpu): readonly Outcome[] => {
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
