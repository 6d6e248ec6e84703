// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ExportCase, ExportedMdev } from './export-case.ts';

/** What has to be there before a hypervisor can take the slice, each a sentence. */
export function groundNotes({ slice, gpu }: ExportCase): readonly string[] {
  switch (slice.kind) {
    case 'vf':
      return [
        `${slice.bdf} is VF ${slice.number} of ${gpu.bdf}. VFs do not survive a reboot: pveigpu apply sriov makes them at every boot.`,
        ...(slice.driver === 'vfio-pci' || slice.driver === 'xe-vfio-pci'
          ? []
          : [`It is bound to ${slice.driver ?? 'no driver'} now; a VF that the host uses should not be given away.`]),
      ];
    case 'pf':
      return [
        `This gives the whole GPU ${slice.bdf} away: the host has no picture and no render node of it meanwhile, and no VF of it may exist.`,
        ...(slice.driver === 'vfio-pci'
          ? []
          : [`${slice.driver ?? 'No driver'} is bound to it now: pveigpu plan gvt-d shows how vfio-pci gets it at boot.`]),
      ];
    case 'mdev':
      return slice.exists
        ? []
        : [`The mediated device does not exist yet, and is gone after a reboot. To make it: ${createCommand(slice)}`];
    case 'render':
      return [
        `The render node belongs to ${slice.bdf}. Its number can change when VFs or other GPUs come and go; /dev/dri/by-path/pci-${slice.bdf}-render is the stable name.`,
      ];
  }
}

/** The write that makes a mediated device (kernel Documentation/driver-api/vfio-mediated-device.rst). */
function createCommand({ uuid, pf, type }: ExportedMdev): string {
  return `echo ${uuid} > /sys/bus/pci/devices/${pf}/mdev_supported_types/${type}/create`;
}
