// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import { archivePackages } from './archive.ts';
import { compareDebianVersions } from './debian-version.ts';
import { readDpkgStatus } from './dpkg-status.ts';
import type { Package } from './package.ts';
import { repositoryOf } from './sources.ts';

/** What a test makes go wrong with packages. */
export interface PackageTroubles {
  /** No name is resolved and nothing can be downloaded, although there may be a default route. */
  offline?: boolean;
  /** There is no room to unpack anything. */
  diskFull?: boolean;
}

/** What repositories offer to a simulated node, and the troubles on the way. What is installed stands in dpkg's status file alone. */
export class PackageWorld {
  /** Everything that could be had; a test may add to it. */
  readonly offered: Package[];
  readonly troubles: PackageTroubles = {};

  constructor(kernels: readonly string[]) {
    this.offered = [...archivePackages(kernels)];
  }

  /** The versions of a package in the repositories that can be read, newest first. */
  versions(tree: FileTree, name: string): readonly Package[] {
    return this.offered
      .filter((offered) => offered.name === name && repositoryOf(tree, offered) !== undefined)
      .sort((a, b) => compareDebianVersions(b.version, a.version));
  }

  /** Whether downloads fail: no names, or no default route. */
  isOffline(tree: FileTree): boolean {
    return this.troubles.offline === true || !/^\S+\t00000000\t/m.test(tree.text('/proc/net/route') ?? '');
  }

  /** Whether apt has heard of a package at all: from a repository, or because dpkg knows it. */
  hasHeardOf(tree: FileTree, name: string): boolean {
    return this.versions(tree, name).length > 0 || readDpkgStatus(tree).some((known) => known.name === name);
  }

  /** The package behind a name and version that is installed, as far as it brings files that its removal takes away. */
  byVersion(name: string, version: string): Package | undefined {
    return this.offered.find((offered) => offered.name === name && offered.version === version);
  }
}
