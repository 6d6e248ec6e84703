// SPDX-License-Identifier: AGPL-3.0-or-later
import { CATALOGUE_KERNELS, type CatalogueEntry } from './catalogue-entry.ts';
import { buildsFor, type DkmsRelease, dkmsReleaseFor, dkmsReleases } from './dkms-releases.ts';
import { compareSeries, kernelAtLeast, kernelSeries } from './kernel-version.ts';
import type { DriverBackend } from './verdict.ts';

/** One way to get SR-IOV for an id on a kernel. */
export interface BackendChoice {
  readonly backend: DriverBackend;
  /** Stock xe on a platform that it does not officially support yet (force_probe): shown as young. */
  readonly young: boolean;
  /** Whether xe binds only with `xe.force_probe=ID`. */
  readonly forceProbe: boolean;
  /** The DKMS release for the kernel; absent for stock xe. */
  readonly release?: DkmsRelease;
}

/** Whether stock xe of a kernel carries SR-IOV for an id; `unknown` for kernels between two that were read. */
export function stockXeHasSriov(entry: CatalogueEntry, kernelRelease: string): boolean | 'unknown' {
  const since = entry.sriov.xeMainlineSince;
  if (since === false) return false;
  const series = kernelSeries(kernelRelease);
  if (since === 'unknown' || series === undefined) return 'unknown';
  if (compareSeries(series, since) >= 0) return true;
  const readBefore = CATALOGUE_KERNELS.filter((kernel) => compareSeries(kernel, since) < 0);
  return readBefore.some((kernel) => compareSeries(kernel, series) >= 0) ? false : 'unknown';
}

/** Whether stock xe of a kernel binds an id only with force_probe; null when its table has no such id. */
export function stockXeForceProbe(entry: CatalogueEntry, kernelRelease: string): boolean | null {
  const series = kernelSeries(kernelRelease);
  if (series === undefined) return null;
  const upTo = CATALOGUE_KERNELS.filter((kernel) => compareSeries(kernel, series) <= 0);
  const own = upTo.map((kernel) => entry.xeForceProbe.mainline[kernel]).filter((value) => value !== null);
  const later = CATALOGUE_KERNELS.map((kernel) => entry.xeForceProbe.mainline[kernel]).filter((value) => value !== null);
  // An id that arrived between two trees that were read is taken as the first later tree has it.
  return own.pop() ?? (stockXeHasSriov(entry, kernelRelease) === true ? (later[0] ?? null) : null);
}

/** The ways to SR-IOV for an id on a kernel, best first: stock xe, then DKMS i915, then DKMS xe. Empty when there is none. */
export function sriovBackends(entry: CatalogueEntry, kernelRelease: string): readonly BackendChoice[] {
  const choices: BackendChoice[] = [];
  if (stockXeHasSriov(entry, kernelRelease) === true) {
    const forceProbe = stockXeForceProbe(entry, kernelRelease) === true;
    choices.push({ backend: 'xe', young: forceProbe, forceProbe });
  }
  const dkms = dkmsReleaseFor(kernelRelease);
  if (dkms.kind !== 'release') return choices;
  const { release } = dkms;
  if (entry.sriov.i915Dkms && release.modules.includes('i915'))
    choices.push({ backend: 'i915-dkms', young: false, forceProbe: false, release });
  if (entry.sriov.xeDkms && release.modules.includes('xe'))
    choices.push({ backend: 'xe-dkms', young: false, forceProbe: entry.xeForceProbe.dkms === true, release });
  return choices;
}

/** Whether any driver of any kernel that was read has SR-IOV for an id. */
export function everHasSriov(entry: CatalogueEntry): boolean {
  const { i915Mainline, i915Dkms, xeDkms, xeMainlineSince } = entry.sriov;
  return i915Mainline || i915Dkms || xeDkms || xeMainlineSince !== false;
}

/** Where SR-IOV for an id is to be had when the running kernel offers none, as phrases such as `kernel 6.18 or later`. */
export function kernelsWithSriov(entry: CatalogueEntry): readonly string[] {
  const phrases: string[] = [];
  const since = entry.sriov.xeMainlineSince;
  if (typeof since === 'string' && since !== 'unknown') phrases.push(`kernel ${since} or later with its own xe`);
  const wanted = entry.sriov.i915Dkms ? 'i915' : entry.sriov.xeDkms ? 'xe' : undefined;
  if (wanted !== undefined) {
    const fitting = dkmsReleases().releases.filter((release) => release.modules.includes(wanted) && !release.branch);
    const from = fitting.map((release) => release.firstKernel).sort(compareSeries)[0];
    const to = fitting
      .map((release) => release.lastKernel)
      .sort(compareSeries)
      .pop();
    phrases.push(`kernel ${from} to ${to} with i915-sriov-dkms (${wanted})`);
  }
  return phrases;
}

/** The VFIO driver that VFs of an id want on a kernel: `xe-vfio-pci` from 7.0 on for the ids that it serves. */
export function vfioDriverFor(entry: CatalogueEntry, kernelRelease: string): 'vfio-pci' | 'xe-vfio-pci' {
  if (entry.vfioDriverSince === null) return 'vfio-pci';
  return kernelAtLeast(kernelRelease, entry.vfioDriverSince) === true ? entry.vfioDriver : 'vfio-pci';
}

/** Whether an installed DKMS version (`2025.10.09`) says of itself that it builds for a kernel; undefined for a version not read. */
export function dkmsVersionFits(version: string, kernelRelease: string): boolean | undefined {
  const series = kernelSeries(kernelRelease);
  const release = dkmsReleases().releases.find((candidate) => candidate.tag === version);
  return release === undefined || series === undefined ? undefined : buildsFor(release, series);
}
