// SPDX-License-Identifier: AGPL-3.0-or-later
import { logEvidence } from '../../gpu/gpu-case.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { type GpuWish, gpuWishes } from '../gpu-wish.ts';

interface Sign {
  readonly pattern: RegExp;
  readonly because: (wish: GpuWish) => string;
}

/** Without it VFIO refuses every device (kernel drivers/vfio/vfio_iommu_type1.c: "No interrupt remapping support"). */
export const NO_INTERRUPT_REMAPPING: FindingRule = fromLog({
  id: 'firmware.no-interrupt-remapping',
  title: 'The firmware offers no interrupt remapping',
  reference: 'https://pve.proxmox.com/wiki/PCI_Passthrough#Verify_IOMMU_interrupt_remapping_is_enabled',
  remedy:
    'Update the BIOS, and switch on VT-d and x2APIC in its set-up. allow_unsafe_interrupts=1 only hides this: a guest could then send interrupts as another one.',
  sign: {
    // drivers/iommu/intel/irq_remapping.c.
    pattern: /interrupt remapping will be disabled|Failed to enable (irq|interrupt) remapping|No interrupt remapping support/i,
    because: ({ device }) =>
      `The tables of the firmware do not allow interrupt remapping, so VFIO does not give ${device.bdf} or a part of it to a guest.`,
  },
});

/** The kernel keeps a device whose memory the firmware claims for itself (kernel drivers/iommu/intel/iommu.c, device_is_rmrr_locked). */
export const RESERVED_BY_FIRMWARE: FindingRule = fromLog({
  id: 'firmware.device-reserved',
  title: 'The firmware claims memory of the device for itself (RMRR)',
  reference: 'https://pve.proxmox.com/wiki/PCI_Passthrough',
  remedy:
    'Update the BIOS, and switch off in its set-up what uses the device before the system starts (remote management, pre-boot graphics).',
  sign: {
    pattern: /Device is ineligible for IOMMU domain attach due to platform RMRR requirement/,
    because: ({ device }) =>
      `The firmware has reserved memory for ${device.bdf} or a device beside it, and the kernel keeps such a device from guests.`,
  },
});

/** The boot ROM of the GPU refuses the image of its microcontroller; reports end with an update of BIOS and ME. */
export const GUC_IMAGE_REFUSED: FindingRule = fromLog({
  id: 'firmware.guc-image-refused',
  title: 'The GPU refuses the image of its microcontroller (GuC)',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/339',
  remedy: "Update BIOS and ME together from the board maker's page, and pve-firmware; then look at the kernel log again.",
  sign: {
    pattern: /Gu[Cc]:? load failed: status.*BootROM ?= ?0x76/i,
    because: ({ device }) => `The boot ROM of ${device.bdf} did not accept the GuC image, so the driver gives the GPU up.`,
  },
});

function fromLog({
  sign,
  remedy,
  ...rule
}: Pick<FindingRule, 'id' | 'title' | 'reference'> & { readonly sign: Sign; readonly remedy: string }): FindingRule {
  return {
    ...rule,
    severity: 'error',
    examine: (ground) => {
      const seen = new Set<string>();
      return gpuWishes(ground).flatMap((wish): readonly Outcome[] => {
        const line = logEvidence(wish, sign.pattern);
        if (line === undefined || seen.has(wish.device.bdf) || (wish.mode === 'host' && rule.id !== 'firmware.guc-image-refused'))
          return [];
        seen.add(wish.device.bdf);
        return [
          {
            state: 'problem',
            subject: wish.device.bdf,
            because: sign.because(wish),
            evidence: [line, wish.sign],
            remedy: { text: remedy },
          },
        ];
      });
    },
  };
}
