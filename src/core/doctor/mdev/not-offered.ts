// SPDX-License-Identifier: AGPL-3.0-or-later
import { attribute, logEvidence, moduleState, parameterEvidence } from '../../gpu/gpu-case.ts';
import { VFIO_SETTINGS } from '../driver/no-pf.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import type { GpuWish } from '../gpu-wish.ts';
import { withKnown } from '../known-sections.ts';
import { fromReason, gvtgWishes } from './gvtg-wishes.ts';

const KERNEL_GVT = 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/drivers/gpu/drm/i915/intel_gvt.c';

const applyGvtg = ({ device }: GpuWish) => ({ kind: 'apply', mode: 'gvt-g', gpu: device.bdf }) as const;

/** Mediated devices are wanted of a GPU for which there is no GVT-g. */
export const unsupported: FindingRule = fromReason(
  { id: 'mdev.unsupported', title: 'GVT-g does not support this GPU', reference: KERNEL_GVT },
  'gvtg.not-supported',
  () => ({ text: 'Take the entry out of the guest; "pveigpu verdict" says what can work instead.' }),
);

/** The kernel was built without the module. */
export const noModule: FindingRule = fromReason(
  { id: 'mdev.no-module', title: 'The running kernel has no kvmgt', reference: 'https://pve.proxmox.com/wiki/PCI_Passthrough' },
  'gvtg.no-module',
  () => ({ text: 'Boot a Proxmox kernel.' }),
);

/** GuC submission and GVT-g exclude each other (intel_gvt.c, intel_gvt_init_device). */
export const gucOn: FindingRule = fromReason(
  {
    id: 'mdev.guc-on',
    title: 'GuC submission keeps GVT-g away',
    reference: KERNEL_GVT,
    follows: ['boot.gvtg-with-sriov-options', 'boot.module-options-stale', 'boot.reboot-pending', 'boot.own-settings-gone'],
  },
  'gvtg.guc-on',
  (wish) => ({ text: 'Set enable_guc=0 for i915, and reboot.', fix: applyGvtg(wish) }),
);

/** A guest has or had the whole GPU. */
export const gpuOnVfio: FindingRule = fromReason(
  {
    id: 'mdev.gpu-on-vfio',
    title: 'The GPU whose mediated devices are wanted is bound to vfio-pci',
    reference: 'https://pve.proxmox.com/wiki/PCI_Passthrough',
    follows: ['guest.passes-whole-gpu', ...VFIO_SETTINGS],
  },
  'gvtg.pf-on-vfio',
  (wish) => ({ text: 'Stop the guest that has the whole GPU and give it back to i915.', fix: applyGvtg(wish) }),
);

/** Another driver than i915 has the GPU, or none. */
export const noI915: FindingRule = fromReason(
  {
    id: 'mdev.no-i915',
    title: 'i915 does not drive the GPU',
    reference: KERNEL_GVT,
    follows: ['driver.not-bound', 'leftover.driver-blocked', 'boot.nomodeset', 'boot.reboot-pending', 'boot.own-settings-gone'],
  },
  'gvtg.no-i915',
  (wish) => ({ text: 'See that nothing blocks i915, and reboot.', fix: applyGvtg(wish) }),
);

/** i915 was not told to start GVT-g. */
export const switchedOff: FindingRule = {
  id: 'mdev.switched-off',
  severity: 'error',
  title: 'i915 was loaded without enable_gvt=1',
  reference: 'https://wiki.archlinux.org/title/Intel_GVT-g',
  follows: [
    'boot.reboot-pending',
    'boot.own-settings-gone',
    'boot.module-options-stale',
    'boot.param-not-booted',
    'boot.param-in-inactive-loader',
    'mdev.gpu-on-vfio',
    'mdev.no-i915',
  ],
  examine: (ground) =>
    withKnown(ground, ['pci', 'guests', 'modules'], () =>
      gvtgWishes(ground).flatMap((wish): readonly Outcome[] => {
        const module = moduleState(ground.facts, 'i915');
        const value = module?.parameters.enable_gvt;
        const isOn = value === 'Y' || value === '1';
        if (wish.entry.gvtg !== true || isOn || (wish.device.mdevTypes?.length ?? 0) > 0 || module?.loaded !== true) return [];
        return [
          {
            state: 'problem',
            subject: wish.device.bdf,
            because: `i915 runs without GVT-g, so ${wish.device.bdf} offers no mediated devices.`,
            evidence: [parameterEvidence('i915', 'enable_gvt', value), wish.sign],
            remedy: { text: 'Give i915 the option enable_gvt=1, and reboot.', fix: applyGvtg(wish) },
          },
        ];
      }),
    ),
};

/** GVT-g is wanted and the GPU offers nothing: `mdev_supported_types` is missing or empty. */
export const notOffered: FindingRule = {
  id: 'mdev.not-offered',
  severity: 'error',
  title: 'Mediated devices are wanted and the GPU offers none',
  reference: 'https://github.com/intel/gvt-linux/issues/181',
  follows: [
    'mdev.unsupported',
    'mdev.no-module',
    'mdev.gpu-on-vfio',
    'mdev.guc-on',
    'mdev.no-i915',
    'mdev.switched-off',
    'firmware.aperture-too-small',
    'firmware.vtd-off',
  ],
  examine: (ground) =>
    withKnown(ground, ['pci', 'guests'], () =>
      gvtgWishes(ground).flatMap((wish): readonly Outcome[] => {
        const { device } = wish;
        if ((device.mdevTypes?.length ?? 0) > 0) return [];
        const said = logEvidence(wish, /\bgvt\b|GVT-g|kvmgt|Graphics virtualization/i);
        const kvmgt = moduleState(ground.facts, 'kvmgt');
        const loaded = kvmgt?.loaded === true ? '' : ' The module kvmgt is not loaded.';
        const isEmpty = device.mdevTypes !== undefined;
        return [
          {
            state: 'problem',
            subject: device.bdf,
            because: `${device.bdf} offers no mediated devices, and a guest or the set-up wants some.${loaded}`,
            evidence: [
              attribute(device, 'mdev_supported_types', isEmpty ? 'empty' : 'absent'),
              wish.sign,
              ...(said === undefined ? [] : [said]),
            ],
            remedy: { text: 'Switch GVT-g on and reboot; the kernel log says what i915 objects to.', fix: applyGvtg(wish) },
          },
        ];
      }),
    ),
};
