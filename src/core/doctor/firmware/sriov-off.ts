// SPDX-License-Identifier: AGPL-3.0-or-later
import { modeOf } from '../../gpu/select-gpu.ts';
import type { DoctorCase } from '../doctor-case.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { leadingWishes } from '../leading-wishes.ts';
import { asTrouble } from '../trouble.ts';

/** VFs are wanted of a GPU whose firmware shows no SR-IOV capability. */
export const SRIOV_OFF: FindingRule = {
  id: 'firmware.sriov-off',
  severity: 'error',
  title: 'The GPU shows no SR-IOV capability, though its kind has one',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/27',
  examine: (ground) => refusals(ground, ['sriov.no-capability']),
};

/** VFs are wanted, and the firmware gave their windows no addresses (kernel drivers/pci/iov.c). */
export const NO_VF_ADDRESS_SPACE: FindingRule = {
  id: 'firmware.no-vf-address-space',
  severity: 'error',
  title: 'The firmware gave the VFs no address space',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/129',
  examine: (ground) =>
    refusals(ground, ['sriov.no-mmio', 'sriov.vf-bars-unplaced', 'sriov.not-initialised', 'sriov.no-vf-bar-space']),
};

/** The refusals of SR-IOV that the verdict gives for these reasons, where VFs are wanted. */
function refusals(ground: DoctorCase, ids: readonly string[]): readonly Outcome[] {
  return leadingWishes(ground).flatMap(({ mode, device, sign }): readonly Outcome[] => {
    const gpu = ground.verdict.gpus.find(({ bdf }) => bdf === device.bdf);
    if (mode !== 'sriov' || gpu === undefined) return [];
    const { reasons, needs } = modeOf(gpu, 'sriov');
    const refused = reasons.find(({ id }) => ids.includes(id));
    if (refused === undefined) return [];
    const text = needs.length > 0 ? needs.join(' ') : 'This board cannot have VFs: pveigpu verdict names the modes that work.';
    return [asTrouble(refused, { subject: device.bdf, also: [sign], remedy: { text } })];
  });
}
