// SPDX-License-Identifier: AGPL-3.0-or-later

/** How every file begins that is ours as a whole. */
export const OWN_HEADER = '# Written by pveigpu';

/** Module options and hand-overs. */
export const OWN_MODPROBE = '/etc/modprobe.d/pveigpu.conf';
/** Modules to load at boot. */
export const OWN_MODULES_LOAD = '/etc/modules-load.d/pveigpu.conf';
/** Where systemd looks for an administrator's units. */
export const UNIT_FOLDER = '/etc/systemd/system';
/** Where udev looks for an administrator's rules. */
export const RULES_FOLDER = '/etc/udev/rules.d';

const OWN = [
  /^\/etc\/modprobe\.d\/pveigpu\.conf$/,
  /^\/etc\/modules-load\.d\/pveigpu\.conf$/,
  /^\/etc\/systemd\/system\/pveigpu-[^/]+\.(service|timer|path)$/,
  /^\/etc\/apt\/apt\.conf\.d\/80pveigpu$/,
  /^\/etc\/udev\/rules\.d\/[0-9]+-pveigpu[^/]*\.rules$/,
];

/** Whether host set-up writes the file at this path as a whole. Files of the loader are not among them (see `core/boot`). */
export function isOwnPath(path: string): boolean {
  return OWN.some((pattern) => pattern.test(path));
}
