// SPDX-License-Identifier: AGPL-3.0-or-later

/** Packages whose versions decide something, with PVE's own first. */
export const SENSED_PACKAGES: readonly string[] = [
  'pve-manager',
  'qemu-server',
  'pve-qemu-kvm',
  'pve-container',
  'proxmox-kernel-helper',
  'pve-firmware',
  'qemu-system-x86',
  'i915-sriov-dkms',
  'intel-microcode',
];

/**
 * The versions of installed packages out of `/var/lib/dpkg/status`, which has several megabytes: only the wanted stanzas are
 * looked at. A package counts when dpkg's own state is `installed` (half-configured ones do not).
 */
export function installedVersions(status: string, names: readonly string[]): { readonly [name: string]: string } {
  const found = names.flatMap((name) => {
    const version = versionOf(status, name);
    return version === undefined ? [] : [[name, version] as const];
  });
  return Object.fromEntries(found);
}

/** `major.minor` of QEMU from a Debian version such as `11.0.0-2` or `1:10.0.13+ds-0+deb13u1`; undefined for another form. */
export function qemuMajorMinor(version: string): string | undefined {
  return /^(?:[0-9]+:)?([0-9]{1,3}\.[0-9]{1,3})(?:[^0-9]|$)/.exec(version)?.[1];
}

/** Several architectures of one package have a stanza each; the first installed one counts. */
function versionOf(text: string, name: string): string | undefined {
  const head = `Package: ${name}\n`;
  // nothing is put before the text to find its first stanza like the others: that would copy megabytes
  const next = (from: number) => text.indexOf(`\n${head}`, from) + 1;
  for (let at = text.startsWith(head) ? 0 : next(0) || -1; at >= 0; at = next(at + head.length - 1) || -1) {
    const end = text.indexOf('\n\n', at);
    const stanza = text.slice(at, end < 0 ? text.length : end);
    const state = /\nStatus: \S+ \S+ (\S+)/.exec(stanza)?.[1];
    const version = /\nVersion: (\S+)/.exec(stanza)?.[1];
    if (state === 'installed' && version !== undefined) return version;
  }
  return undefined;
}

/** The stanzas of the status file that facts rest on, reduced to name, state and version, for a capture. */
export function keptStatus(status: string, names: readonly string[]): string {
  return Object.entries(installedVersions(status, names))
    .map(([name, version]) => `Package: ${name}\nStatus: install ok installed\nVersion: ${version}\n\n`)
    .join('');
}
