// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { Profile } from '../profile.ts';
import { type Disks, mountEsp } from './disks.ts';
import { BOOT_CURRENT, LOADER_INFO, showEfiVariables, utf16 } from './efi-variables.ts';

/** Shows what a boot finds on the machine: partitions by UUID, the firmware's variables, and what `/etc/fstab` mounts. */
export function attachDisks(disks: Disks, profile: Profile): void {
  const { root } = disks;
  root.setDirectory('/dev/disk/by-uuid');
  disks.esps.forEach(({ uuid }, at) => {
    const name = `sd${String.fromCharCode(97 + at)}2`;
    root.set(`/dev/${name}`, { kind: 'device', type: 'block', major: 8, minor: 2 + 16 * at, mode: 0o660, uid: 0, gid: 6 });
    root.setLink(`/dev/disk/by-uuid/${uuid}`, `../../${name}`);
  });
  const [first] = disks.esps;
  const mountsEsp = profile.efi && !profile.loader.startsWith('pbt-');
  if (mountsEsp && first !== undefined) mountEsp(disks, first, '/boot/efi');
  if (profile.efi) {
    // GRUB 2.12 of Debian 13 tells its name as well (/etc/grub.d/25_bli).
    disks.efiVariables.set(
      LOADER_INFO,
      utf16(profile.loader.endsWith('grub') ? 'GRUB 2.12-9+deb13u1' : 'systemd-boot 257.9-1~deb13u1'),
    );
    disks.efiVariables.set(BOOT_CURRENT, Uint8Array.of(1, 0));
    showEfiVariables(root, disks.efiVariables);
  }
  showMounts(root, disks);
}

/** Rewrites `/proc/self/mounts` (and `/proc/mounts`, which leads there). */
export function showMounts(root: FileTree, disks: Disks): void {
  const lines = disks.mounts.map(({ at, esp }) => {
    const device = `sd${String.fromCharCode(97 + disks.esps.indexOf(esp))}2`;
    return `/dev/${device} ${at} vfat rw,relatime,fmask=0022,dmask=0022,codepage=437,shortname=mixed,errors=remount-ro 0 0\n`;
  });
  root.setFile('/proc/self/mounts', `/dev/mapper/pve-root / ext4 rw,relatime,errors=remount-ro 0 0\n${lines.join('')}`, {
    mode: 0o444,
  });
  root.setLink('/proc/mounts', 'self/mounts');
}
