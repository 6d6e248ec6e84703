// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Disks } from '../boot/disks.ts';
import type { Program } from '../machine.ts';
import { aptCache } from './apt/apt-cache.ts';
import { aptGet } from './apt/apt-get.ts';
import { depmodProgram } from './depmod.ts';
import { dkms } from './dkms/dkms-program.ts';
import { dpkg, dpkgDeb } from './dpkg-programs.ts';
import { kernelInstallProgram } from './kernel-install-program.ts';
import type { PackageWorld } from './package-world.ts';

/** Programs of apt, dpkg and dkms that the simulated node has, by name. */
export function packagePrograms(world: PackageWorld, disks: Disks): { readonly [name: string]: Program } {
  return {
    'apt-get': aptGet(world),
    'apt-cache': aptCache(world),
    dpkg,
    'dpkg-deb': dpkgDeb,
    dkms,
    depmod: depmodProgram,
    'kernel-install': kernelInstallProgram(disks),
  };
}
