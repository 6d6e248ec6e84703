// SPDX-License-Identifier: AGPL-3.0-or-later
import { modeOf } from '../../gpu/select-gpu.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { asTrouble } from '../trouble.ts';
import { applySriov, reasonOf, sriovWishes } from './sriov-wish.ts';

/** VFs are wanted of a GPU that can never have any. */
export const NO_SRIOV_FOR_GPU: FindingRule = {
  id: 'driver.no-sriov-for-gpu',
  severity: 'error',
  title: 'VFs are wanted of a GPU for which no driver has SR-IOV',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/352',
  examine: (ground) =>
    sriovWishes(ground).flatMap((wish): readonly Outcome[] => {
      const reason = reasonOf(wish, 'sriov.no-flag-for-id');
      if (reason === undefined) return [];
      const instead = reasonOf(wish, 'sriov.instead')?.text ?? 'Another mode may work.';
      const text = `${instead} "pveigpu verdict" tells more.`;
      return [asTrouble(reason, { subject: wish.device.bdf, also: [wish.sign], remedy: { text } })];
    }),
};

/** i915-sriov-dkms on Jasper Lake and the like: it changes nothing and has to be built for every kernel. */
export const DKMS_IN_VAIN: FindingRule = {
  id: 'driver.dkms-in-vain',
  severity: 'advice',
  title: 'i915-sriov-dkms is installed for a GPU that it cannot serve',
  reference: 'https://github.com/Upinel/PVE-Intel-vGPU/issues/14',
  examine: ({ verdict }) =>
    verdict.gpus.flatMap((gpu): readonly Outcome[] => {
      const reason = modeOf(gpu, 'sriov').reasons.find(({ id }) => id === 'sriov.dkms-in-vain');
      const text = 'Remove it: it has to be built for every kernel, and brings nothing here.';
      return reason === undefined
        ? []
        : [asTrouble(reason, { subject: gpu.bdf, remedy: { text, fix: { kind: 'driver-remove' } } })];
    }),
};

/** xe drives the GPU, and its table has no SR-IOV for it: Meteor, Arrow and Lunar Lake. */
export const XE_HAS_NO_SRIOV: FindingRule = {
  id: 'driver.xe-has-no-sriov',
  severity: 'error',
  title: 'xe drives the GPU and has no SR-IOV for it',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/358',
  follows: ['driver.guc-off', 'driver.firmware-missing', 'boot.reboot-pending', 'boot.own-settings-gone'],
  examine: (ground) =>
    sriovWishes(ground).flatMap((wish): readonly Outcome[] => {
      const reason = reasonOf(wish, 'sriov.xe-says-no');
      if (reason === undefined) return [];
      const text =
        wish.judged.needs[0] ?? reasonOf(wish, 'sriov.instead')?.text ?? '"pveigpu verdict" tells which driver has it.';
      const fix = wish.judged.answer === 'yes' ? { fix: applySriov(wish) } : {};
      return [asTrouble(reason, { subject: wish.device.bdf, also: [wish.sign], remedy: { text, ...fix } })];
    }),
};

/** Releases of the DKMS xe before 2025.10.10 offer VFs on Meteor Lake, and hosts locked up with them. */
export const FLAG_WITHDRAWN: FindingRule = {
  id: 'driver.flag-withdrawn',
  severity: 'warning',
  title: 'The driver offers VFs on a GPU for which that was withdrawn',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/358',
  examine: (ground) =>
    sriovWishes(ground).flatMap((wish): readonly Outcome[] => {
      const reason = reasonOf(wish, 'sriov.flag-withdrawn');
      const text = 'Use the i915 of the current release instead: pveigpu apply sriov --driver i915-dkms.';
      return reason === undefined ? [] : [asTrouble(reason, { subject: wish.device.bdf, also: [wish.sign], remedy: { text } })];
    }),
};

/** A patched driver that runs as a PF on a GPU that no driver is made for (i915-sriov-dkms issue 27). */
export const FORCED: FindingRule = {
  id: 'driver.forced-sriov',
  severity: 'warning',
  title: 'A patched driver forces VFs onto a GPU that has none',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/27',
  examine: ({ verdict }) =>
    verdict.gpus.flatMap((gpu): readonly Outcome[] => {
      const reason = modeOf(gpu, 'sriov').reasons.find(({ id }) => id === 'sriov.forced');
      const text = 'Give the whole GPU to one guest instead (pveigpu apply gvt-d), or share it with containers.';
      return reason === undefined ? [] : [asTrouble(reason, { subject: gpu.bdf, remedy: { text } })];
    }),
};
