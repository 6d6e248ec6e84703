// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CatalogueEntry } from '../../gpu/catalogue-entry.ts';
import { compareKernelVersions, type KernelVersion, parseKernelVersion } from '../../gpu/kernel-version.ts';
import type { Mode } from '../../gpu/verdict.ts';
import { ADVISORY_ROWS } from './advisory-data.ts';

/** A kernel or a release of the driver that is known for trouble (data/known-bad-kernels.json). */
export interface Advisory {
  readonly id: string;
  readonly level: 'bad' | 'open';
  readonly platforms: readonly string[] | null;
  readonly mode: Mode;
  readonly firstKernel: string | null;
  readonly lastKernel: string | null;
  readonly dkms: readonly string[] | null;
  readonly effect: string;
  readonly instead: string;
  readonly source: string;
}

/** All that are known. */
export function advisories(): readonly Advisory[] {
  return ADVISORY_ROWS.trim()
    .split('\n')
    .map((row) => JSON.parse(row) as Advisory);
}

/** Whether an advisory is about this GPU in this mode, under this kernel with these releases of the driver. */
export function applies(
  { platforms, mode, firstKernel, lastKernel, dkms }: Advisory,
  about: {
    readonly entry: CatalogueEntry;
    readonly mode: Mode;
    readonly release: string;
    readonly dkms: readonly string[];
  },
): boolean {
  if (mode !== about.mode || platforms?.includes(about.entry.platform) === false) return false;
  if (dkms !== null && !dkms.some((tag) => about.dkms.includes(tag))) return false;
  if (firstKernel === null || lastKernel === null) return true;
  const running = parseKernelVersion(about.release);
  const [first, last] = [parseKernelVersion(firstKernel), parseKernelVersion(lastKernel)];
  if (running === undefined || first === undefined || last === undefined) return false;
  return compareKernelVersions(running, first) >= 0 && compareKernelVersions(asFarAs(running, lastKernel), last) <= 0;
}

/** The version with only as many numbers as the bound has: `6.5` stands for all of 6.5. */
function asFarAs(version: KernelVersion, bound: string): KernelVersion {
  const [numbers = '', abi] = bound.split('-');
  const hasPatch = numbers.split('.').length > 2;
  return { ...version, patch: hasPatch ? version.patch : 0, abi: abi === undefined ? 0 : version.abi };
}
