// SPDX-License-Identifier: AGPL-3.0-or-later

/** One Debian package as dpkg knows it. */
export interface PackageState {
  readonly name: string;
  readonly version: string;
  /** The third word of dpkg's status: `installed`, `half-configured`, `unpacked`, `config-files`, ... */
  readonly state: string;
}

/** The `packages` section: kernels, headers, DKMS and the tools around them, from `/var/lib/dpkg/status`. */
export interface PackageFacts {
  /** Only packages that matter here, and every other one that dpkg has left unfinished, sorted by name. */
  readonly packages: readonly PackageState[];
  /** What apt installs from, one line each for every URI and suite: `deb URI SUITE COMPONENT...`. Disabled sources are left out. */
  readonly sources: readonly { readonly path: string; readonly text: string }[];
  /** Whether apt has a login for Proxmox's enterprise repository (`/etc/apt/auth.conf.d/pve.conf`), as a subscription leaves it. */
  readonly enterpriseLogin: boolean;
}
