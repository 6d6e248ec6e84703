// SPDX-License-Identifier: AGPL-3.0-or-later
import { compareReleases } from '../boot/release-order.ts';
import type { PackageChoice } from '../plan/action.ts';
import type { AptPolicy } from '../platform/apt-policy.ts';
import { kernelPackages, releaseOfPackage } from './kernel-packages.ts';

/** A kernel that can be installed: from the repositories, or from package files that somebody gave. */
export interface AvailableKernel {
  readonly release: string;
  readonly kernel: PackageChoice;
  /** Absent where there are no headers for it, so that no driver can be built. */
  readonly headers?: PackageChoice;
}

/** The kernels that apt offers, oldest first: of each release the signed image where there is one. */
export function availableKernels(policy: readonly AptPolicy[]): readonly AvailableKernel[] {
  const offered = new Set(policy.filter(({ candidate }) => candidate !== null).map(({ name }) => name));
  const releases = new Set([...offered].flatMap((name) => releaseOfPackage(name) ?? []));
  return sortedByRelease(
    [...releases].flatMap((release) => chosen(release, (name) => (offered.has(name) ? { name } : undefined))),
  );
}

/** The kernels that package files hold, oldest first; a file that is no kernel and no headers is left out. */
export function kernelsOfFiles(files: readonly PackageChoice[]): readonly AvailableKernel[] {
  const releases = new Set(files.flatMap(({ name }) => releaseOfPackage(name) ?? []));
  const given = (wanted: string) => files.find(({ name }) => name === wanted);
  return sortedByRelease([...releases].flatMap((release) => chosen(release, given)));
}

/** Orders as the loaders do, oldest first. */
export function sortedByRelease<T extends { readonly release: string }>(kernels: readonly T[]): readonly T[] {
  return [...kernels].sort((a, b) => compareReleases(a.release, b.release));
}

function chosen(release: string, find: (name: string) => PackageChoice | undefined): readonly AvailableKernel[] {
  const names = kernelPackages(release);
  const first = (list: readonly string[]) => list.map(find).find((choice) => choice !== undefined);
  const kernel = first(names?.kernel ?? []);
  const headers = first(names?.headers ?? []);
  return kernel === undefined ? [] : [{ release, kernel, ...(headers === undefined ? {} : { headers }) }];
}
