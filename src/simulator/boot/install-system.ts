// SPDX-License-Identifier: AGPL-3.0-or-later

import type { FileTree } from '../../core/files/file-tree.ts';
import { placeDkms } from '../packages/dkms/place-dkms.ts';
import { placeHeaderFiles, placeKernelFiles } from '../packages/kernel-files.ts';
import type { Profile } from '../profile.ts';
import { buildInitramfs, GRAPHICS_HOOK } from './initramfs.ts';

/** Puts a Debian system as the Proxmox installer leaves it on the disks of a machine. Proxmox VE's own files come after. */
export function installSystem(root: FileTree, profile: Profile, nodeName: string): void {
  for (const directory of [
    '/usr/lib',
    '/usr/bin',
    '/usr/sbin',
    '/etc/modprobe.d',
    '/etc/modules-load.d',
    '/etc/udev/rules.d',
    '/etc/default',
    '/var/lib',
    '/root',
    '/var/log',
  ])
    root.setDirectory(directory);
  for (const name of ['lib', 'bin', 'sbin']) root.setLink(`/${name}`, `usr/${name}`);
  root.setLink('/var/run', '/run');
  root.setLink('/var/lock', '/run/lock');
  root.setFile('/etc/hostname', `${nodeName}\n`);
  root.setFile('/etc/hosts', `127.0.0.1 localhost.localdomain localhost\n192.168.17.2 ${nodeName}.home.example ${nodeName}\n`);
  root.setFile('/etc/os-release', 'PRETTY_NAME="Debian GNU/Linux 13 (trixie)"\nVERSION_ID="13"\nID=debian\n');
  root.setFile('/etc/machine-id', '0123456789abcdef0123456789abcdef\n', { mode: 0o444 });
  root.setFile('/etc/group', 'root:x:0:\nwww-data:x:33:\nvideo:x:44:\nrender:x:993:\nkvm:x:992:\n');
  root.setFile('/etc/modules', '# /etc/modules: kernel modules to load at boot time.\n');
  root.setFile('/etc/initramfs-tools/modules', '# List of modules that you want to include in your initramfs.\n');
  root.setFile('/etc/initramfs-tools/update-initramfs.conf', 'update_initramfs=yes\nbackup_initramfs=no\n');
  root.setFile('/etc/modprobe.d/pve-blacklist.conf', '# nvidiafb see bugreport #701\nblacklist nvidiafb\n');
  if (profile.earlyGraphics !== false) root.setFile(GRAPHICS_HOOK, '#!/bin/sh\n', { mode: 0o755 });
  const options = optionLines(profile);
  if (options !== '') root.setFile('/etc/modprobe.d/local.conf', options);
  for (const [path, text] of Object.entries(profile.files ?? {})) root.setFile(path, text);
  for (const release of [...(profile.otherKernels ?? []), profile.kernelRelease]) installKernel(root, profile, release);
}

function optionLines(profile: Profile): string {
  const options = Object.entries(profile.moduleOptions ?? {}).map(
    ([module, parameters]) =>
      `options ${module} ${Object.entries(parameters)
        .map(([name, value]) => `${name}=${value}`)
        .join(' ')}\n`,
  );
  return [...options, ...(profile.blacklist ?? []).map((module) => `blacklist ${module}\n`)].join('');
}

function installKernel(root: FileTree, profile: Profile, release: string): void {
  placeKernelFiles(root, profile, release);
  if (profile.dkms !== undefined || profile.headers?.includes(release) === true) placeHeaderFiles(root, release);
  if (profile.dkms !== undefined) placeDkms(root, profile.dkms, release);
  root.setFile(`/boot/initrd.img-${release}`, buildInitramfs(root, release));
}
