// SPDX-License-Identifier: AGPL-3.0-or-later
import { VF_BOOT_UNIT_NAME } from '../../boot/vf-boot-unit.ts';
import { ifKnown } from '../../facts/section.ts';
import type { FindingRule } from '../finding.ts';
import { leftoverRule } from './leftover-rule.ts';

const PASSTHROUGH = 'https://pve.proxmox.com/wiki/PCI_Passthrough';
const MODPROBE = 'https://man7.org/linux/man-pages/man5/modprobe.d.5.html';
const ADVICE = 'Take it out where nothing else needs it.';

/** What guides and other tools leave, one rule a kind; set-up recognises the same (`src/core/setup/leftovers`). */
export const LEFTOVERS_OF_GUIDES: readonly FindingRule[] = [
  leftoverRule({
    id: 'leftover.vfio-ids',
    severity: 'error',
    title: 'A vfio-pci ids= catches the GPU and all its VFs',
    reference: `${PASSTHROUGH}#Host_Device_Passthrough`,
  }),
  leftoverRule({
    id: 'leftover.driver-blocked',
    severity: 'error',
    title: 'The driver that the mode needs is kept from loading',
    reference: MODPROBE,
    // Where the firmware allows no VFs, which driver would make them is not known.
    follows: ['firmware.sriov-off', 'firmware.no-vf-address-space'],
  }),
  leftoverRule({
    id: 'leftover.install-line',
    severity: 'error',
    title: 'An install line of modprobe.d stands in the way of the hand-over to vfio-pci',
    reference: MODPROBE,
  }),
  leftoverRule({
    id: 'leftover.softdep',
    severity: 'advice',
    title: 'A softdep line that alone changes nothing',
    reference: MODPROBE,
    counts: ({ mode }) => mode !== 'gvt-d',
    remedy: ADVICE,
  }),
  leftoverRule({
    id: 'leftover.vf-maker',
    severity: 'warning',
    title: 'Somebody else makes VFs at each boot',
    reference: 'https://github.com/strongtz/i915-sriov-dkms/blob/master/docs/install-pve-host.md',
    // Who has asked for the mode host only has left the VFs of others alone.
    counts: ({ mode }, { facts }) =>
      mode === 'gvt-d' ||
      mode === 'gvt-g' ||
      (mode === 'sriov' && ifKnown(facts.config)?.files.some(({ path }) => path.endsWith(`/${VF_BOOT_UNIT_NAME}`)) === true),
    remedy: 'Take the line out: VFs are made by pveigpu, or are not wanted with this mode.',
  }),
  leftoverRule({
    id: 'leftover.udev-override',
    severity: 'error',
    title: 'A udev rule gives the GPU another driver',
    reference: 'https://man7.org/linux/man-pages/man7/udev.7.html',
  }),
  leftoverRule({
    id: 'leftover.driverctl',
    severity: 'error',
    title: 'driverctl gives the GPU another driver',
    reference: 'https://manpages.debian.org/bookworm/driverctl/driverctl.8.en.html',
  }),
  leftoverRule({
    id: 'leftover.disable-vga',
    severity: 'warning',
    title: 'disable_vga=1 takes VGA from a guest that gets the whole GPU',
    reference: 'https://github.com/LongQT-sea/intel-igpu-passthru#readme',
    counts: ({ mode, entry }) => mode === 'gvt-d' && entry.gvtd === 'legacy',
  }),
  leftoverRule({
    id: 'leftover.vfio-virqfd',
    severity: 'advice',
    title: 'A module is to be loaded that this kernel does not have',
    reference: 'https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/drivers/vfio/Makefile',
    counts: () => true,
    remedy: 'Take the line out.',
  }),
  leftoverRule({
    id: 'leftover.unsafe-interrupts',
    severity: 'advice',
    title: 'Interrupt remapping is given up for all guests',
    reference: 'https://pve.proxmox.com/wiki/PCI_Passthrough#IOMMU_Interrupt_Remapping',
    counts: () => true,
    remedy: ADVICE,
  }),
  leftoverRule({
    id: 'leftover.acs-override',
    severity: 'advice',
    title: 'IOMMU groups are split by an override',
    reference: 'https://pve.proxmox.com/wiki/PCI_Passthrough#Verify_IOMMU_isolation',
    counts: () => true,
    remedy: 'Take pcie_acs_override= out of the kernel command line where no other device needs it, then reboot.',
  }),
];
