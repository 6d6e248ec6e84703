// SPDX-License-Identifier: AGPL-3.0-or-later
import { type DkmsRelease, dkmsPackageUrl } from '../gpu/dkms-releases.ts';
import { DKMS_PACKAGE } from '../gpu/sriov-needs.ts';

/** Where the driver comes from: a file or a folder on the node. Nothing is ever downloaded. */
export interface DriverSource {
  readonly kind: 'deb' | 'archive' | 'directory';
  /** Absolute path. */
  readonly path: string;
  /** Package or module name and its version, from the package or its `dkms.conf`. */
  readonly name: string;
  readonly version: string;
  /** `BUILD_EXCLUSIVE_KERNEL`, where the source could be read. */
  readonly kernels?: string;
  /** SHA-256 of the file in hex; a folder has none. */
  readonly sha256?: string;
  /** How that hash was accepted: `given` with `--sha256` now, or `noted` from an earlier time; absent when it was not. */
  readonly accepted?: 'given' | 'noted';
}

/** Root-only folder for driver files and the hashes that were accepted. */
export const DRIVER_FOLDER = '/var/lib/pveigpu/drivers';

/** The names under which the files of a release are published: the package, and the archive that GitHub makes of a tag. */
export function publishedNames(release: DkmsRelease): readonly string[] {
  const url = dkmsPackageUrl(release);
  const deb = url === undefined ? [] : [url.slice(url.lastIndexOf('/') + 1)];
  return [...deb, `${DKMS_PACKAGE}-${release.tag}.tar.gz`];
}

/** Where to fetch the file of a release, or for a branch its archive. */
export function sourceUrl(release: DkmsRelease): string {
  return dkmsPackageUrl(release) ?? `https://github.com/strongtz/${DKMS_PACKAGE}/archive/refs/heads/${release.tag}.tar.gz`;
}

/** What a path is by its name; a folder is found by looking. */
export function kindOfFile(path: string): 'deb' | 'archive' | undefined {
  if (path.endsWith('.deb')) return 'deb';
  return /\.(tar\.gz|tgz)$/.test(path) ? 'archive' : undefined;
}

/** The digest out of `sha256sum`'s output or of a file in that form; undefined for anything else. */
export function digestOf(text: string): string | undefined {
  return /^\\?([0-9a-f]{64})(?:\s|$)/i.exec(text.trim())?.[1]?.toLowerCase();
}

/** Where it is noted that the hash of a file was accepted, in the form of sha256sum. */
export function hashNote(path: string): string {
  return `${DRIVER_FOLDER}/${path.slice(path.lastIndexOf('/') + 1)}.sha256`;
}
