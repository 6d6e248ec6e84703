// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Profile } from '../../../src/simulator/profile.ts';

const DEVICES = '/sys/bus/pci/devices';
const GPU = '0000:00:02.0';

/** A path of a scenario as it is in the simulator. */
export function expandPath(path: string): string {
  return path
    .replace('$PF', `${DEVICES}/${GPU}`)
    .replace(/\$VF(\d)/, `${DEVICES}/0000:00:02.$1`)
    .replace('$BUS', '/sys/bus/pci');
}

/**
 * A path of a scenario for the guest: a group's number is replaced by the name of the function that has it in the profile,
 * which the stepper replaces by the number that the function has there.
 */
export function guestPath(path: string, profile: Profile): string {
  return expandPath(path).replace(/^(\/dev\/vfio|\/sys\/kernel\/iommu_groups)\/(\d+)/, (_all, folder: string, number: string) => {
    const owner = functionOfGroup(Number(number), profile);
    return owner === undefined ? `${folder}/${number}` : `${folder}/{group:${owner}}`;
  });
}

function functionOfGroup(group: number, profile: Profile): string | undefined {
  const gpu = profile.devices.find((device) => device.bdf === GPU);
  if (gpu === undefined) return undefined;
  if (gpu.iommuGroup === group) return GPU;
  const first = gpu.sriov?.firstGroup;
  const index = first === undefined ? -1 : group - first;
  return gpu.sriov !== undefined && index >= 0 && index < gpu.sriov.totalVfs ? `0000:00:02.${index + 1}` : undefined;
}
