// SPDX-License-Identifier: AGPL-3.0-or-later

/** A package that can be installed, from a repository or from a `.deb`. */
export interface Package {
  readonly name: string;
  readonly version: string;
  readonly architecture: 'amd64' | 'all';
  /** Each a list of alternatives, `a | b (>= 1)`. */
  readonly depends: readonly string[];
  /** Whose archive it is in; `file` is a `.deb` that somebody downloaded. */
  readonly origin: 'debian' | 'proxmox' | 'file';
  readonly description: string;
  /** Kibibytes that the package file has. */
  readonly sizeKib: number;
  readonly brings: PackageContent;
}

/** What a package puts on the disk besides its name. */
export type PackageContent =
  | { readonly kind: 'nothing' }
  /** `/boot/vmlinuz-RELEASE` and `/lib/modules/RELEASE`. */
  | { readonly kind: 'kernel'; readonly release: string }
  /** `/usr/src/linux-headers-RELEASE` and the link `build`. */
  | { readonly kind: 'headers'; readonly release: string }
  /** Files by absolute path; sources below `/usr/src` with a dkms.conf are built by the postinst. */
  | { readonly kind: 'files'; readonly files: { readonly [path: string]: string }; readonly postinst: Postinst };

/**
 * How a postinst takes a failed build. That of i915-sriov-dkms has no `set -e`, so that it goes on and the package counts as
 * configured (https://github.com/strongtz/i915-sriov-dkms/issues/445); with `stops` dpkg is left half-configured.
 */
export type Postinst = 'goes-on' | 'stops';

/** The names in one dependency: its alternatives without their version. */
export function alternatives(dependency: string): readonly string[] {
  return dependency.split('|').map((part) => part.trim().split(/\s/)[0] ?? '');
}
