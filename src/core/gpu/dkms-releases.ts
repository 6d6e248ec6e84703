// SPDX-License-Identifier: AGPL-3.0-or-later
import { DKMS_RELEASES } from './catalogue-data.ts';
import { compareSeries, kernelSeries } from './kernel-version.ts';

/** One release of i915-sriov-dkms, or a branch that has to be built by hand. */
export interface DkmsRelease {
  readonly tag: string;
  /** `YYYY-MM-DD` of the commit. */
  readonly date: string;
  readonly branch: boolean;
  /** First and last kernel series that it builds for. */
  readonly firstKernel: string;
  readonly lastKernel: string;
  /** The modules that it replaces. */
  readonly modules: readonly string[];
  readonly note: string | null;
}

/** The release for a kernel; `newer` when the kernel is later than every release that was read, `older` when earlier. */
export type DkmsAnswer =
  | { readonly kind: 'release'; readonly release: DkmsRelease }
  | { readonly kind: 'newer'; readonly lastKernel: string; readonly note: string }
  | { readonly kind: 'older'; readonly firstKernel: string }
  | { readonly kind: 'unreadable' };

interface Table {
  readonly date: string;
  readonly source: string;
  readonly releases: readonly DkmsRelease[];
  readonly newer: string;
}

/** All releases that were read, oldest first, with the date and source of the reading. */
export function dkmsReleases(): Table {
  return JSON.parse(DKMS_RELEASES) as Table;
}

/** The newest release of i915-sriov-dkms that builds for a kernel release such as `6.17.2-1-pve`. */
export function dkmsReleaseFor(kernelRelease: string): DkmsAnswer {
  const series = kernelSeries(kernelRelease);
  if (series === undefined) return { kind: 'unreadable' };
  const { releases, newer } = dkmsReleases();
  const fitting = releases.filter((release) => buildsFor(release, series)).pop();
  if (fitting !== undefined) return { kind: 'release', release: fitting };
  const ends = releases.map((release) => release.lastKernel).sort(compareSeries);
  const starts = releases.map((release) => release.firstKernel).sort(compareSeries);
  const lastKernel = ends.pop() ?? series;
  const firstKernel = starts[0] ?? series;
  return compareSeries(series, firstKernel) < 0 ? { kind: 'older', firstKernel } : { kind: 'newer', lastKernel, note: newer };
}

/** Where a release's Debian package is downloaded (i915-sriov-dkms docs/install-pve-host.md); undefined for a branch. */
export function dkmsPackageUrl(release: DkmsRelease): string | undefined {
  if (release.branch) return undefined;
  const base = 'https://github.com/strongtz/i915-sriov-dkms/releases/download';
  return `${base}/${release.tag}/i915-sriov-dkms_${release.tag}_amd64.deb`;
}

/** Whether a release's own range covers a kernel series such as `6.17`. */
export function buildsFor(release: DkmsRelease, series: string): boolean {
  return compareSeries(series, release.firstKernel) >= 0 && compareSeries(series, release.lastKernel) <= 0;
}
