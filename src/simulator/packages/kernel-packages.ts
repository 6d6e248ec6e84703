// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Package } from './package.ts';

/** The version of the packages of a kernel: `6.17.9-1` of `6.17.9-1-pve`. */
function versionOf(release: string): string {
  return release.replace(/-pve$/, '');
}

/** `proxmox-kernel-RELEASE-signed`. */
export function kernelPackage(release: string): Package {
  return {
    ...proxmox(`proxmox-kernel-${release}-signed`, versionOf(release)),
    description: `Proxmox Kernel Image (signed)`,
    sizeKib: 110_000,
    brings: { kind: 'kernel', release },
  };
}

/** `proxmox-headers-RELEASE`. */
export function headerPackage(release: string): Package {
  return {
    ...proxmox(`proxmox-headers-${release}`, versionOf(release)),
    description: 'Proxmox Kernel Headers',
    sizeKib: 14_000,
    brings: { kind: 'headers', release },
  };
}

/** The series packages of each kernel series and the default packages, for releases that are sorted, newest last. */
export function metaPackages(releases: readonly string[]): readonly Package[] {
  const newest = new Map(releases.map((release) => [seriesOf(release), release]));
  const series = [...newest].flatMap(([name, release]) => [
    meta(`proxmox-kernel-${name}`, versionOf(release), `proxmox-kernel-${release}-signed | proxmox-kernel-${release}`),
    meta(`proxmox-headers-${name}`, versionOf(release), `proxmox-headers-${release}`),
  ]);
  const last = seriesOf(releases.at(-1) ?? '');
  return [
    ...series,
    meta('proxmox-default-kernel', '2.0.2', `proxmox-kernel-${last}`),
    meta('proxmox-default-headers', '2.0.2', `proxmox-headers-${last}`),
  ];
}

function seriesOf(release: string): string {
  return /^[0-9]+\.[0-9]+/.exec(release)?.[0] ?? '';
}

function meta(name: string, version: string, dependency: string): Package {
  return { ...proxmox(name, version), architecture: 'all', depends: [dependency] };
}

function proxmox(name: string, version: string): Package {
  return {
    name,
    version,
    architecture: 'amd64',
    depends: [],
    origin: 'proxmox',
    description: `${name} of Proxmox`,
    sizeKib: 12,
    brings: { kind: 'nothing' },
  };
}
