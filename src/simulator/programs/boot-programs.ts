// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Disks } from '../boot/disks.ts';
import type { Program } from '../machine.ts';
import { bootctl } from './bootctl.ts';
import { grubEditenv, grubReboot } from './grub-reboot.ts';
import { lsinitramfs } from './lsinitramfs.ts';
import { mount, umount } from './mount.ts';
import { proxmoxBootTool } from './proxmox-boot-tool.ts';
import { unshare } from './unshare.ts';
import { grubMkconfig, updateGrub } from './update-grub.ts';
import { updateInitramfs } from './update-initramfs.ts';

/** The programs around boot loader and initramfs that the simulated node has, by name. */
export function bootPrograms(disks: Disks): { readonly [name: string]: Program } {
  return {
    'update-grub': updateGrub(disks),
    'grub-mkconfig': grubMkconfig(disks),
    unshare: unshare(disks),
    'proxmox-boot-tool': proxmoxBootTool(disks),
    'update-initramfs': updateInitramfs(disks),
    lsinitramfs,
    bootctl: bootctl(disks),
    'grub-reboot': grubReboot,
    'grub-editenv': grubEditenv,
    mount: mount(disks),
    umount: umount(disks),
  };
}
