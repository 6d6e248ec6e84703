// SPDX-License-Identifier: AGPL-3.0-or-later
import { type DkmsRelease, dkmsPackageUrl } from '../gpu/dkms-releases.ts';

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
  /** Whether that hash is one that was accepted: given with `--sha256`, or noted beside the file. */
  readonly isAccepted: boolean;
}

/** The DKMS package of i915 and xe with SR-IOV. */
export const SRIOV_DKMS = 'i915-sriov-dkms';

/** Root-only folder for driver files and the hashes that were accepted. */
export const DRIVER_FOLDER = '/var/lib/pveigpu/drivers';

/** The names under which the files of a release are published: the package, and the archive that GitHub makes of a tag. */
export function publishedNames(release: DkmsRelease): readonly string[] {
  const url = dkmsPackageUrl(release);
  const deb = url === undefined ? [] : [url.slice(url.lastIndexOf('/') + 1)];
  return [...deb, `${SRIOV_DKMS}-${release.tag}.tar.gz`];
}

/** Where to fetch the file of a release, or for a branch its archive. */
export function sourceUrl(release: DkmsRelease): string {
  return dkmsPackageUrl(release) ?? `https://github.com/strongtz/${SRIOV_DKMS}/archive/refs/heads/${release.tag}.tar.gz`;
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
