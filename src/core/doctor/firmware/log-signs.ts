// SPDX-License-Identifier: AGPL-3.0-or-later
import { textPattern } from '../explain/table.ts';
import { logFinding } from '../log-finding.ts';

/** Without it VFIO refuses every device (kernel drivers/vfio/vfio_iommu_type1.c: "No interrupt remapping support"). */
export const NO_INTERRUPT_REMAPPING = logFinding({
  id: 'firmware.no-interrupt-remapping',
  severity: 'error',
  title: 'The firmware offers no interrupt remapping',
  reference: 'https://pve.proxmox.com/wiki/PCI_Passthrough#Verify_IOMMU_interrupt_remapping_is_enabled',
  follows: ['firmware.vtd-off'],
  pattern: textPattern('iommu.no-remapping'),
  because: ({ device }) =>
    `The tables of the firmware do not allow interrupt remapping, so VFIO does not give ${device.bdf} or a part of it to a guest.`,
  remedy:
    'Update the BIOS, and switch on VT-d and x2APIC in its set-up. allow_unsafe_interrupts=1 only hides this: a guest could then send interrupts as another one.',
});

/** The kernel keeps a device whose memory the firmware claims for itself (kernel drivers/iommu/intel/iommu.c, device_is_rmrr_locked). */
export const RESERVED_BY_FIRMWARE = logFinding({
  id: 'firmware.device-reserved',
  severity: 'error',
  title: 'The firmware claims memory of the device for itself (RMRR)',
  reference: 'https://access.redhat.com/sites/default/files/attachments/rmrr-wp1.pdf',
  pattern: textPattern('qemu.reserved-memory'),
  because: ({ device }) =>
    `The firmware has reserved memory for ${device.bdf} or a device beside it, and the kernel keeps such a device from guests.`,
  remedy:
    'Update the BIOS, and switch off in its set-up what uses the device before the system starts (remote management, pre-boot graphics).',
});

/** The boot ROM of the GPU refuses the image of its microcontroller; reports end with an update of BIOS and ME. */
export const GUC_IMAGE_REFUSED = logFinding({
  id: 'firmware.guc-image-refused',
  severity: 'error',
  title: 'The GPU refuses the image of its microcontroller (GuC)',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/339',
  modes: ['host', 'sriov', 'gvt-g', 'gvt-d'],
  pattern: /GuC:? load failed: status.*BootROM ?= ?0x76/i,
  because: ({ device }) => `The boot ROM of ${device.bdf} did not accept the GuC image, so the driver gives the GPU up.`,
  remedy: "Update BIOS and ME together from the board maker's page, and pve-firmware; then look at the kernel log again.",
});
