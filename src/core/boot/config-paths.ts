// SPDX-License-Identifier: AGPL-3.0-or-later

/** Single files that host set-up reads or changes. */
export const CONFIG_FILES: readonly string[] = [
  '/etc/default/grub',
  '/etc/kernel/cmdline',
  '/etc/modules',
  '/etc/initramfs-tools/modules',
  '/etc/sysfs.conf',
];

/** Directories of such files, and which names in them count. */
export const CONFIG_DIRECTORIES: readonly (readonly [directory: string, names: RegExp])[] = [
  ['/etc/default/grub.d', /^[^.].*\.cfg$/],
  ['/etc/modprobe.d', /\.conf$/],
  ['/etc/modules-load.d', /\.conf$/],
  ['/etc/sysfs.d', /\.conf$/],
  ['/etc/tmpfiles.d', /\.conf$/],
  ['/etc/udev/rules.d', /\.rules$/],
  // One file for each device that driverctl gave a driver, named by its address.
  ['/etc/driverctl.d', /^[^.]/],
  ['/etc/apt/apt.conf.d', /^80pveigpu$/],
  ['/etc/systemd/system', /^pveigpu-.+\.(service|timer|path)$/],
];
