// SPDX-License-Identifier: AGPL-3.0-or-later
import { lookupGpu } from '../../core/gpu/catalogue.ts';
import { CATALOGUE_KERNELS, type CatalogueEntry } from '../../core/gpu/catalogue-entry.ts';
import { stockXeForceProbe, stockXeHasSriov } from '../../core/gpu/driver-backend.ts';
import { kernelNumber } from './numbers.ts';
import type { SimDevice } from './state.ts';

/** What one graphics driver build does with an id. */
export interface DriverKnowledge {
  /** The id stands in its table. */
  readonly claims: boolean;
  /** Its descriptor carries `has_sriov`. */
  readonly sriov: boolean;
  /** It binds only with `force_probe`. */
  readonly forceProbe: boolean;
}

const NOTHING: DriverKnowledge = { claims: false, sriov: false, forceProbe: false };

/** The catalogue's row of an Intel function, undefined for other makers and unknown ids. */
export function gpuEntry(device: SimDevice): CatalogueEntry | undefined {
  return device.profile.vendor === '8086' ? lookupGpu(device.profile.device) : undefined;
}

/** i915 of the kernel or of i915-sriov-dkms. */
export function i915Knowledge(device: SimDevice, dkms: boolean): DriverKnowledge {
  const entry = gpuEntry(device);
  if (entry === undefined) return NOTHING;
  const claims = dkms ? entry.drivers.i915Dkms : entry.drivers.i915Mainline;
  return { claims, sriov: dkms && entry.sriov.i915Dkms, forceProbe: false };
}

/** xe of the kernel or of i915-sriov-dkms. Between two kernels whose tables were read the older table counts. */
export function xeKnowledge(device: SimDevice, dkms: boolean, release: string): DriverKnowledge {
  const entry = gpuEntry(device);
  if (entry === undefined) return NOTHING;
  if (dkms) return { claims: entry.drivers.xeDkms, sriov: entry.sriov.xeDkms, forceProbe: entry.xeForceProbe.dkms === true };
  const tables = CATALOGUE_KERNELS.filter((kernel) => kernelNumber(kernel) <= kernelNumber(release));
  const newest = tables[tables.length - 1];
  const sriov = stockXeHasSriov(entry, release) === true;
  const claims = sriov || (newest !== undefined && entry.sriov.xeByKernel[newest] !== null);
  return { claims, sriov, forceProbe: stockXeForceProbe(entry, release) === true };
}

/** How `force_probe=46d1,!7d67,*` speaks of an id, with or without `0x` (kernel xe_pci.c, device_id_in_list). */
export function forceProbeOf(parameter: string, id: string): 'forced' | 'blocked' | 'unsaid' {
  let answer: 'forced' | 'blocked' | 'unsaid' = 'unsaid';
  for (const word of parameter.split(',')) {
    const bare = word.trim().replace(/^!/, '').replace(/^0x/i, '').toLowerCase();
    if (bare === '*' || bare === id) answer = word.trim().startsWith('!') ? 'blocked' : 'forced';
  }
  return answer;
}

/** The name that the drivers print in their "Found" line (kernel intel_display_device.c). */
export function platformText(entry: CatalogueEntry): string {
  return PLATFORM_TEXTS[entry.platform] ?? entry.codename.toLowerCase().replaceAll(/[^a-z0-9]+/g, '');
}

const PLATFORM_TEXTS: { readonly [platform: string]: string } = {
  'ADL-S': 'alderlake_s',
  'RPL-S': 'alderlake_s/raptorlake_s',
  'ADL-P': 'alderlake_p',
  'ADL-N': 'alderlake_p/alderlake_n',
  'RPL-P': 'alderlake_p/raptorlake_p',
  'RPL-U': 'alderlake_p/raptorlake_u',
};
