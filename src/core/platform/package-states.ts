// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PackageFacts, PackageState } from '../facts/package-facts.ts';

/** Packages that decide something at host set-up: kernels, headers, DKMS, loaders, initramfs, ZFS, Secure Boot. */
const WATCHED =
  /^(proxmox-(kernel|headers)-.+|pve-(kernel|headers)-.+|linux-(image|headers)-.+|proxmox-default-(kernel|headers)|proxmox-ve|proxmox-kernel-helper|proxmox-secure-boot-support|i915-sriov-dkms|dkms|build-essential|zfs-dkms|zfsutils-linux|zfs-initramfs|initramfs-tools|dracut|mokutil|shim-signed|systemd-boot(-.+)?|grub-(pc|efi-amd64|common)|sysfsutils|driverctl)$/;

/** States of dpkg(1) in which a package waits for nothing. */
const SETTLED: readonly string[] = ['installed', 'config-files', 'not-installed'];

/** The packages of `/var/lib/dpkg/status` that are watched, and every other one that dpkg has left unfinished; sorted by name. */
export function packageStates(status: string): readonly PackageState[] {
  const found: PackageState[] = [];
  for (const match of status.matchAll(/^Package: (\S+)\n/gm)) {
    const name = match[1] ?? '';
    const start = match.index + match[0].length;
    const end = status.indexOf('\n\n', start);
    const stanza = status.slice(start - 1, end < 0 ? status.length : end);
    const state = /\nStatus: \S+ \S+ (\S+)/.exec(stanza)?.[1] ?? 'unknown';
    if (!WATCHED.test(name) && SETTLED.includes(state)) continue;
    found.push({ name, version: /\nVersion: (\S+)/.exec(stanza)?.[1] ?? '', state });
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

/** The stanzas that {@link packageStates} rests on, for a capture; a package that is not watched may be a person's own and is renamed. */
export function keptPackageStates(status: string, rename: (name: string) => string): string {
  return packageStates(status)
    .map(({ name, version, state }) => ({ name: WATCHED.test(name) ? name : rename(name), version, state }))
    .map(({ name, version, state }) => `Package: ${name}\nStatus: install ok ${state}\nVersion: ${version}\n\n`)
    .join('');
}

/** The version of a package that is fully installed, undefined otherwise. */
export function installedVersion(facts: Pick<PackageFacts, 'packages'>, name: string): string | undefined {
  return facts.packages.find((item) => item.name === name && item.state === 'installed')?.version;
}

/** Packages that dpkg has left unfinished: apt takes them up again, and fails again, at the next installation. */
export function unfinishedPackages(facts: Pick<PackageFacts, 'packages'>): readonly PackageState[] {
  return facts.packages.filter(({ state }) => !SETTLED.includes(state));
}
