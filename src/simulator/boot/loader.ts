// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { Profile } from '../profile.ts';
import type { BootFailure, RawEntry } from './boot-menu.ts';
import type { Disks } from './disks.ts';
import { type Initramfs, readInitramfs } from './initramfs.ts';
import { startGrub } from './start-grub.ts';
import { startSystemdBoot } from './start-systemd-boot.ts';

/** What the loader starts. */
export interface BootEntry {
  readonly release: string;
  /** What the kernel will show as `/proc/cmdline`. */
  readonly cmdline: string;
  readonly initramfs: Initramfs;
}

/** What the active loader starts now, or the reason why the machine does not come up. An entry chosen for one boot is used up by it. */
export function bootEntry(disks: Disks, profile: Profile): BootEntry | BootFailure {
  const tree = loaderTree(disks, profile);
  if (tree === undefined) return { reason: 'the firmware finds no EFI system partition' };
  const binary = LOADER_BINARY[profile.loader];
  if (profile.efi && disks.esps[0]?.tree.get(binary) === undefined) return { reason: `the firmware finds no ${binary}` };
  const entry = startLoader(tree, disks, profile);
  if ('reason' in entry) return entry;
  return checkEntry(tree, entry, rootOf(profile.cmdline));
}

/** The program that the firmware starts on each layout, on the first EFI system partition. */
export const LOADER_BINARY: { readonly [K in Profile['loader']]: string } = {
  grub: '/EFI/proxmox/grubx64.efi',
  'pbt-grub': '/EFI/proxmox/grubx64.efi',
  'systemd-boot': '/EFI/systemd/systemd-bootx64.efi',
  'pbt-systemd-boot': '/EFI/systemd/systemd-bootx64.efi',
};

/** The last `root=` of a command line, which is the one that counts. */
export function rootOf(cmdline: string): string | undefined {
  const words = cmdline.split(/\s+/).filter((word) => word.startsWith('root='));
  return words.at(-1)?.slice('root='.length);
}

/** Without proxmox-boot-tool GRUB reads the root file system; every other layout reads the partition. */
function loaderTree(disks: Disks, profile: Profile): FileTree | undefined {
  return profile.loader === 'grub' ? disks.root : disks.esps[0]?.tree;
}

function startLoader(tree: FileTree, disks: Disks, profile: Profile): RawEntry | BootFailure {
  if (profile.loader === 'grub') return startGrub(tree, '/boot/grub', /^(UUID=|\/dev\/[sn])/.test(rootOf(profile.cmdline) ?? ''));
  if (profile.loader === 'pbt-grub') return startGrub(tree, '/grub', true);
  return startSystemdBoot(tree, disks.efiVariables);
}

function checkEntry(tree: FileTree, entry: RawEntry, root: string | undefined): BootEntry | BootFailure {
  const kernel = tree.text(entry.kernel);
  if (kernel === undefined) return { reason: `the kernel ${entry.kernel} is missing` };
  const release = kernelRelease(kernel);
  if (release === undefined) return { reason: `the kernel ${entry.kernel} is incomplete` };
  if (tree.get(entry.initrd) === undefined) return { reason: `the initramfs ${entry.initrd} is missing` };
  const initramfs = readInitramfs(tree.text(entry.initrd));
  if (initramfs === undefined) return { reason: `the initramfs ${entry.initrd} is incomplete` };
  if (initramfs.release !== release)
    return { reason: `the initramfs ${entry.initrd} is for ${initramfs.release}, the kernel is ${release}` };
  const wanted = rootOf(entry.cmdline);
  if (wanted === undefined || wanted === '') return { reason: 'the kernel command line has no root=' };
  if (wanted !== root) return { reason: `the root file system ${wanted} is not there` };
  return { release, cmdline: entry.cmdline, initramfs };
}

/** What a kernel image of the simulation holds. */
export function kernelImage(release: string): string {
  return `simulated kernel ${release}\n`;
}

function kernelRelease(image: string): string | undefined {
  return /^simulated kernel (\S+)\n$/.exec(image)?.[1];
}
