// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { Profile } from '../profile.ts';
import { knownPackage, noteInDpkgStatus } from './dpkg-status.ts';
import { headerPackage, kernelPackage, metaPackages } from './kernel-packages.ts';
import type { Package } from './package.ts';
import type { PackageWorld } from './package-world.ts';
import { placeSources } from './sources.ts';

/** Notes what the installer, and for a DKMS profile somebody after it, has installed, and where apt looks for more. */
export function installPackages(tree: FileTree, profile: Profile, world: PackageWorld): void {
  placeSources(tree, 'no-subscription');
  for (const folder of ['/var/lib/dpkg/info', '/etc/apt/apt.conf.d']) tree.setDirectory(folder);
  const releases = [...(profile.otherKernels ?? []), profile.kernelRelease];
  const metas = metaPackages(releases).filter(({ name }) => !name.includes('headers'));
  const note = (one: Package) => noteInDpkgStatus(tree, { ...one, state: 'installed' });
  const offered = (name: string) => {
    const found = world.offered.find((one) => one.name === name);
    if (found !== undefined) note(found);
  };
  for (const name of ['binutils', 'kmod', 'pve-firmware', 'proxmox-kernel-helper']) offered(name);
  for (const release of releases) note(kernelPackage(release));
  for (const meta of metas) note(meta);
  const withHeaders = profile.dkms === undefined ? (profile.headers ?? []) : releases;
  for (const release of withHeaders) note(headerPackage(release));
  if (profile.efi) offered('mokutil');
  if (profile.dkms !== undefined) {
    for (const name of ['gcc', 'make', 'patch', 'dpkg-dev', 'build-essential', 'dkms']) offered(name);
    const deb: Package = {
      name: 'i915-sriov-dkms',
      version: profile.dkms.version,
      architecture: 'amd64',
      depends: ['dkms (>= 3.0.11)', 'build-essential'],
      origin: 'file',
      description: 'Linux i915 driver (dkms module) with SR-IOV support',
      sizeKib: 3200,
      brings: { kind: 'nothing' },
    };
    note(deb);
  }
  if (knownPackage(tree, 'proxmox-ve') === undefined) offered('proxmox-ve');
}
