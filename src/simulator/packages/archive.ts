// SPDX-License-Identifier: AGPL-3.0-or-later
import { compareDebianVersions } from './debian-version.ts';
import { headerPackage, kernelPackage, metaPackages } from './kernel-packages.ts';
import type { Package } from './package.ts';

/** Kernels that the no-subscription repository offers besides those of the profile; typical of a PVE 9 in 2026, from no source. */
const KERNELS = [
  '6.14.11-4-pve',
  '6.17.2-1-pve',
  '6.17.9-1-pve',
  '6.17.13-2-pve',
  '7.0.0-3-pve',
  '7.0.14-12-pve',
  '7.0.16-1-pve',
];

/** Packages of Debian 13 that host set-up may ask for. */
const DEBIAN: readonly Package[] = [
  plain('binutils', '2.44-3'),
  plain('gcc', '4:14.2.0-1', ['binutils']),
  plain('make', '4.4.1-2'),
  plain('patch', '2.8-2'),
  plain('dpkg-dev', '1.22.21', ['binutils', 'make', 'patch'], 'all'),
  plain('build-essential', '12.12', ['gcc', 'make', 'dpkg-dev']),
  plain('kmod', '34.2-2'),
  plain('dkms', '3.2.2-1~deb13u1', ['kmod', 'gcc | c-compiler', 'dpkg-dev', 'make | build-essential', 'patch'], 'all'),
  plain('mokutil', '0.7.2-1'),
  plain('sysfsutils', '2.1.1-6'),
];

const PROXMOX: readonly Package[] = [
  { ...plain('pve-firmware', '3.18-3', [], 'all'), origin: 'proxmox', sizeKib: 230_000 },
  { ...plain('proxmox-kernel-helper', '9.2.0', [], 'all'), origin: 'proxmox' },
  { ...plain('proxmox-ve', '9.2.0', ['pve-manager', 'qemu-server', 'proxmox-default-kernel'], 'all'), origin: 'proxmox' },
];

/** Everything that the repositories of a node offer, when all of them are reachable; `kernels` are releases that are offered as well. */
export function archivePackages(kernels: readonly string[]): readonly Package[] {
  const releases = [...new Set([...KERNELS, ...kernels])].sort((a, b) => compareDebianVersions(a, b));
  return [
    ...DEBIAN,
    ...PROXMOX,
    ...releases.flatMap((release) => [kernelPackage(release), headerPackage(release)]),
    ...metaPackages(releases),
  ];
}

function plain(
  name: string,
  version: string,
  depends: readonly string[] = [],
  architecture: Package['architecture'] = 'amd64',
): Package {
  return {
    name,
    version,
    architecture,
    depends,
    origin: 'debian',
    description: `${name} of Debian`,
    sizeKib: 420,
    brings: { kind: 'nothing' },
  };
}
