// SPDX-License-Identifier: AGPL-3.0-or-later
import { kernelFile, qemuFile, strongtz, type TextRule } from '../text-rule.ts';

/** The GPU's own firmware files, the IOMMU, and what the board's firmware decides. */
export const FIRMWARE_TEXTS: readonly TextRule[] = [
  {
    id: 'firmware.file-missing',
    pattern:
      /(?:guc|huc|dmc|gsc)\w*[\w./-]*.*(?:fetch failed|failed to (?:fetch|load).*-2|error -2|-ENOENT)|Direct firmware load for (?:i915|xe)\//i,
    weight: 'cause',
    text: 'A firmware file of the GPU is missing below /lib/firmware.',
    hint: 'apt install pve-firmware (on Debian firmware-intel-graphics), then update-initramfs -u, and reboot.',
    finding: 'driver.firmware-missing',
    source: strongtz(214),
    inGuest: {
      text: 'A firmware file of the GPU is missing in the guest.',
      hint: "Install the distribution's firmware package, then build the initramfs.",
    },
  },
  {
    id: 'firmware.guc-refused',
    pattern: /GUC: load failed: status|GuC initialization failed|GuC load failed.*BootROM|BootROM\s*=\s*0x76/i,
    weight: 'cause',
    text: 'The GPU refused the GuC firmware, so the driver gave up on it.',
    hint: 'Update the firmware package, then the BIOS together with the ME firmware. Where a screen is attached, try without it.',
    source: strongtz(339),
  },
  {
    id: 'iommu.no-devices',
    pattern: /DMAR: No DMAR devices found/,
    weight: 'cause',
    text: 'The firmware offers no IOMMU: VT-d is switched off, or the board has none.',
    hint: 'Switch on VT-d in the firmware set-up.',
    finding: 'firmware.vt-d-off',
    source: kernelFile('drivers/iommu/intel/dmar.c'),
  },
  {
    id: 'iommu.not-for-graphics',
    pattern: /Disabling IOMMU for graphics on this chipset/,
    weight: 'cause',
    text: 'The kernel takes the GPU of this generation out of the IOMMU, so it cannot be given to a VM.',
    hint: 'Share the GPU with containers instead, or use GVT-g where pveigpu verdict says so.',
    source: kernelFile('drivers/iommu/intel/iommu.c'),
  },
  {
    id: 'iommu.no-remapping',
    pattern: /No interrupt remapping (?:support|for)|Interrupt remapping .*(?:not supported|disabled)/i,
    weight: 'cause',
    text: 'The IOMMU cannot remap interrupts here, and VFIO refuses devices without it.',
    hint: 'Update the BIOS, and remove intremap=off from the command line. allow_unsafe_interrupts=1 is the last resort.',
    source: 'https://pve.proxmox.com/wiki/PCI_Passthrough',
  },
  {
    id: 'iommu.fault',
    pattern: /DMAR: \[(?:DMA|INTR-REMAP)[^\]]*\].*(?:fault|Request device)/i,
    weight: 'cause',
    text: 'A device read or wrote memory that it was not allowed to. A few such lines at the first start of a VM with the GPU are normal, a stream is not.',
    hint: 'Where they go on: update the BIOS, and see that the GPU has no other user.',
    source: qemuFile('docs/igd-assign.txt'),
  },
  {
    id: 'swiotlb.full',
    pattern: /swiotlb buffer is full|Out of SW-IOMMU space/,
    weight: 'cause',
    text: 'A device ran out of bounce buffers: it cannot reach high memory by itself and no IOMMU helps it. Known of QXL displays beside a passed GPU.',
    hint: 'In that guest set another display (vga: none or virtio), or give it swiotlb=65536 on its kernel command line.',
    finding: 'kernel.swiotlb-full',
    source: 'https://github.com/jscinoz/optimus-vfio-docs',
  },
  {
    id: 'kernel.hang',
    pattern: /GPU HANG|\bwedged\b/,
    weight: 'cause',
    text: 'The GPU hung and the driver reset it or gave it up.',
    hint: 'Try another kernel or driver release (pveigpu kernel list); where a guest caused it, its driver.',
    source: kernelFile('drivers/gpu/drm/i915/gt/intel_reset.c'),
  },
  {
    id: 'kernel.task-blocked',
    pattern: /task (\S+):\d+ blocked for more than \d+ seconds/,
    weight: 'effect',
    text: '$1 waits in the kernel and cannot be stopped.',
    hint: 'The lines before it say for what; often for a device that a guest has open.',
    source: kernelFile('kernel/hung_task.c'),
  },
  {
    id: 'kernel.oops',
    pattern: /kernel BUG at|\bOops:|NULL pointer dereference|general protection fault/,
    weight: 'cause',
    text: 'The kernel stumbled over an error of its own or of a driver. What runs on is not sound until a reboot.',
    hint: 'Reboot. If it comes again, use the kernel before (pveigpu kernel list) and report it with the lines that follow.',
    source: strongtz(479),
  },
];
