// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import { kernelsIn } from './grub-config.ts';
import { compareReleases } from './release-order.ts';

/** The files with which proxmox-boot-tool remembers what was asked of it (proxmox-kernel-helper, src/proxmox-boot/functions). */
export const ESP_LIST = '/etc/kernel/proxmox-boot-uuids';
export const MANUAL_KERNELS = '/etc/kernel/proxmox-boot-manual-kernels';
export const PINNED_KERNEL = '/etc/kernel/proxmox-boot-pin';
export const NEXT_BOOT_PIN = '/etc/kernel/next-boot-pin';
export const GRUB_PIN_SNIPPET = '/etc/default/grub.d/proxmox-kernel-pin.cfg';

/** The first line of a file, empty when there is none. */
export function firstLine(tree: FileTree, path: string): string {
  return (tree.text(path) ?? '').split('\n')[0] ?? '';
}

/**
 * The kernels that proxmox-boot-tool keeps bootable: the running one, the newest two, the newest of the second-newest series that
 * has a meta-package, manual ones, pinned ones (`boot_kernel_list`).
 */
export function bootKernels(tree: FileTree, running: string): readonly string[] {
  const packages = kernelPackages(tree);
  const releases = packages.filter((name) => /^\S+-pve/.test(name));
  const series = packages.filter((name) => /^\d+\.\d+$/.test(name)).slice(0, 2);
  const oldSeries = series.at(-1);
  const oldest = oldSeries === undefined ? undefined : releases.find((name) => name.startsWith(`${oldSeries}.`));
  const manual = (tree.text(MANUAL_KERNELS) ?? '').split('\n');
  const wanted = [
    tree.get(`/boot/vmlinuz-${running}`) === undefined ? '' : running,
    ...manual,
    ...releases.slice(0, 2),
    oldest ?? '',
    firstLine(tree, PINNED_KERNEL),
    firstLine(tree, NEXT_BOOT_PIN),
  ];
  return [...new Set(wanted.filter((name) => name !== ''))].sort();
}

/** Releases and series of the kernel packages that dpkg has installed, newest first. */
function kernelPackages(tree: FileTree): readonly string[] {
  const names = new Set<string>();
  for (const stanza of (tree.text('/var/lib/dpkg/status') ?? '').split('\n\n')) {
    const name = /^Package: (?:proxmox|pve)-kernel-(\d+\.\S+?)(?:-signed)?$/m.exec(stanza)?.[1];
    if (name !== undefined && /^Status: (install|hold) /m.test(stanza)) names.add(name);
  }
  // A machine whose kernels came from no package: all that lie in /boot.
  if (names.size === 0) for (const release of kernelsIn(tree, '/boot')) names.add(release);
  return [...names].sort(compareReleases).reverse();
}
