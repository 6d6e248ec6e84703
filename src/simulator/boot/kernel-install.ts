// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine } from '../machine.ts';
import type { Disks } from './disks.ts';
import { kernelsIn } from './grub-config.ts';
import { firstLine } from './kernel-selection.ts';

/**
 * `kernel-install add` for every kernel, as the hooks of Debian's systemd-boot package run it where proxmox-boot-tool is not used:
 * kernel, initramfs and entry below a folder named by the machine (kernel-install(8), 90-loaderentry.install).
 */
export function kernelInstall(machine: Machine, disks: Disks): void {
  const { tree } = machine;
  const esp = disks.esps[0]?.tree;
  const id = firstLine(tree, '/etc/machine-id');
  const files = machine.programFiles('kernel-install');
  // The partition is written through the root tree where it is mounted, and directly by the installer.
  const at = disks.mounts.find((mount) => mount.esp.tree === esp)?.at;
  const put = (path: string, text: string) => {
    if (at === undefined) esp?.setFile(path, text);
    else files.write(`${at}${path}`, text);
  };
  const cmdline =
    firstLine(tree, '/etc/kernel/cmdline') || (tree.text('/proc/cmdline') ?? '').replace(/initrd=\S*\s*/g, '').trim();
  for (const release of kernelsIn(tree, '/boot')) {
    const folder = `/${id}/${release}`;
    put(`${folder}/linux`, tree.text(`/boot/vmlinuz-${release}`) ?? '');
    put(`${folder}/initrd.img-${release}`, tree.text(`/boot/initrd.img-${release}`) ?? '');
    put(
      `/loader/entries/${id}-${release}.conf`,
      `title      Debian GNU/Linux 13 (trixie)\nversion    ${release}\nmachine-id ${id}\nsort-key   debian\n` +
        `options    ${cmdline}\nlinux      ${folder}/linux\ninitrd     ${folder}/initrd.img-${release}\n`,
    );
  }
}
