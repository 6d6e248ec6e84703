// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { defaultRelease, installedKernels } from '../../kernels/boot-kernels.ts';
import { FINE, type FindingRule } from '../finding.ts';

/** Without an initramfs Proxmox's kernels find no root. */
export const NO_INITRAMFS: FindingRule = {
  id: 'boot.no-initramfs',
  severity: 'critical',
  title: 'The kernel that boots next has no initramfs',
  reference: 'https://pve.proxmox.com/wiki/Host_Bootloader#sysboot_determine_bootloader_used',
  follows: ['driver.half-configured'],
  examine: ({ facts }) => {
    const release = defaultRelease(facts);
    const kernel = installedKernels(facts).find((one) => one.release === release);
    if (kernel === undefined || kernel.hasInitramfs) return FINE;
    return {
      state: 'problem',
      subject: kernel.release,
      because: `Kernel ${kernel.release} is started by default, and it has no initramfs, without which it does not find this node's disk.`,
      evidence: [{ source: `/boot/initrd.img-${kernel.release}`, value: 'absent' }],
      remedy: {
        text: `Before the next reboot run "update-initramfs -c -k ${kernel.release}", and "proxmox-boot-tool refresh" where the node uses it.`,
      },
    };
  },
};

/**
 * update-initramfs writes the new file beside the old one, and proxmox-boot-tool copies kernel and initramfs; one pair of Proxmox's
 * takes some 80 MB (proxmox-kernel 6.17 with MODULES=most).
 */
const ONE_KERNEL_BYTES = 80 * 1024 ** 2;

/** A full `/boot` or EFI system partition leaves half an initramfs behind at the next upgrade. */
export const LITTLE_SPACE: FindingRule = {
  id: 'boot.little-space',
  severity: 'warning',
  title: 'There is too little space for another kernel',
  reference: 'https://pve.proxmox.com/wiki/Host_Bootloader#sysboot_proxmox_boot_tool',
  examine: ({ facts }) => {
    const boot = ifKnown(facts.boot);
    // A partition that has only GRUB's own program on it gets no kernels.
    const getsKernels = (path: string) =>
      path === '/boot' || boot?.loaders.some(({ kind, tool }) => kind === 'systemd-boot' || tool);
    const free = Object.entries(boot?.freeBytes ?? {}).filter(([path, bytes]) => bytes < ONE_KERNEL_BYTES && getsKernels(path));
    return free.map(([path, bytes]) => ({
      state: 'problem',
      subject: path,
      because: `Only ${Math.floor(bytes / 1024 ** 2)} MiB are free on the file system of ${path}, and a kernel with its initramfs needs some 80 MiB, so the next one may be written in part only.`,
      evidence: [{ source: `free space of ${path}`, value: `${bytes} bytes` }],
      remedy: {
        text: 'Remove kernels that are not needed any more: apt autoremove, and "proxmox-boot-tool kernel list" shows which stay.',
      },
    }));
  },
};
