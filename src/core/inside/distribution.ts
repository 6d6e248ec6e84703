// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CatalogueEntry } from '../gpu/catalogue-entry.ts';
import type { InsideCommand } from './inside-step.ts';
import type { OsRelease } from './os-release.ts';

/** Which packages of a distribution a guest needs for one GPU. */
export interface MediaPackages {
  /** The VA-API driver. */
  readonly driver: readonly string[];
  /** The Quick Sync runtime; none where the distribution has none for this GPU. */
  readonly quickSync: readonly string[];
  /** Programs that show whether it works. */
  readonly tools: readonly string[];
}

/** One Linux distribution as far as a GPU needs it. The table of them is `distributions.ts`. */
export interface Distribution {
  readonly id: 'debian' | 'ubuntu' | 'fedora' | 'arch' | 'alpine';
  readonly title: string;
  /** Reads the package lists anew; none where installing does it. */
  readonly refresh: readonly InsideCommand[];
  install(packages: readonly string[]): InsideCommand;
  /** Firmware of the GPU; a VF and a container need none of their own. */
  firmware(major: number | undefined, entry: CatalogueEntry): readonly string[];
  media(major: number | undefined, gen: number): MediaPackages;
  /** Components of its archive that these packages are in, beyond the first. */
  components(major: number | undefined): readonly string[];
  /** Packages and commands before the media driver can be had. */
  before?(version: string | undefined): readonly InsideCommand[];
  /** Why its own driver is not enough, where that is so. */
  readonly beforeText?: string;
  /** What a module driver is built with. */
  headers(kernel: string): readonly string[];
  /** Builds the initramfs again; none where modules are not in it. */
  readonly initramfs: InsideCommand | undefined;
  join(user: string, group: string): InsideCommand;
  /** Modules that its small kernels for clouds leave out: the package that has them, undefined for a full kernel. */
  cloudKernel(kernel: string): { readonly packages: readonly string[]; readonly text: string } | undefined;
  /** Pages that the names were taken from. */
  readonly source: string;
}

/** A distribution and its version as a guest, or a person, names it. */
export interface KnownDistribution {
  readonly distribution: Distribution;
  readonly version?: string;
  readonly codename?: string;
}

/** The first number of a version: 24 of `24.04`. */
export function majorOf(version: string | undefined): number | undefined {
  const text = /^\d+/.exec(version ?? '')?.[0];
  return text === undefined ? undefined : Number(text);
}

/** The distribution of an os-release, by its own name, then by what it says it is like. */
export function distributionOf(release: OsRelease, table: readonly Distribution[]): KnownDistribution | undefined {
  const names = [release.id, ...release.idLike];
  const distribution = names.map((name) => table.find(({ id }) => id === name)).find((one) => one !== undefined);
  if (distribution === undefined) return undefined;
  // A derivative counts its versions by itself, so its number says nothing about the packages.
  const own = release.id === distribution.id;
  return {
    distribution,
    ...(own && release.versionId !== undefined ? { version: release.versionId } : {}),
    ...(own && release.codename !== undefined ? { codename: release.codename } : {}),
  };
}
