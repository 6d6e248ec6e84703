// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CatalogueEntry } from '../gpu/catalogue-entry.ts';
import { type DkmsRelease, dkmsReleaseFor } from '../gpu/dkms-releases.ts';
import { stockXeForceProbe, stockXeHasSriov } from '../gpu/driver-backend.ts';

/** Which drivers there are for a VF of one GPU in a Linux guest (Linux drivers/gpu/drm/xe/xe_pci.c by kernel; i915-sriov-dkms README). */
export interface VfDrivers {
  /** The kernel's own xe from this series on; `forced` where it takes this id only when told to. */
  readonly stock?: { readonly since: string; readonly forced: boolean };
  /** Whether i915-sriov-dkms serves it. Versions in host and guest need not be the same. */
  readonly dkms: boolean;
}

/** The drivers for a VF, whatever kernel the guest has. */
export function vfDrivers(entry: CatalogueEntry): VfDrivers {
  const { xeMainlineSince: since, i915Dkms: dkms } = entry.sriov;
  if (typeof since !== 'string' || since === 'unknown') return { dkms };
  return { stock: { since, forced: stockXeForceProbe(entry, since) === true }, dkms };
}

/** What drives a VF under the kernel that a guest has. */
export type VfDriver =
  | { readonly kind: 'stock'; readonly forced: boolean }
  | { readonly kind: 'dkms'; readonly release: DkmsRelease }
  /** Nothing does; `newer` is the first kernel that would. */
  | { readonly kind: 'none'; readonly newer?: string };

/** Chooses the driver for a VF by the guest's kernel: its own xe first, then i915-sriov-dkms. */
export function vfDriverUnder(entry: CatalogueEntry, kernel: string): VfDriver {
  const { stock, dkms } = vfDrivers(entry);
  if (stock !== undefined && stockXeHasSriov(entry, kernel) === true)
    return { kind: 'stock', forced: stockXeForceProbe(entry, kernel) === true };
  const fitting = dkms ? dkmsReleaseFor(kernel) : undefined;
  if (fitting?.kind === 'release') return { kind: 'dkms', release: fitting.release };
  return { kind: 'none', ...(stock === undefined ? {} : { newer: stock.since }) };
}

/** Our file of module options in a guest. modprobe.d is the same everywhere, the loader's command line is not. */
export const MODPROBE_FILE = '/etc/modprobe.d/pveigpu.conf';

/** The text of that file for a driver; undefined where nothing needs to be said. */
export function modprobeText(driver: VfDriver, device: string): string | undefined {
  const head = '# Written by pveigpu (guest --apply).\n';
  if (driver.kind === 'dkms') return `${head}options i915 enable_guc=3\nblacklist xe\n`;
  if (driver.kind === 'stock' && driver.forced)
    return `${head}options xe force_probe=${device}\noptions i915 force_probe=!${device}\n`;
  return undefined;
}

/** The same options, with a sign that the initramfs is not made with them yet. */
export function unfinishedText(text: string): string {
  return `# The initramfs is still to be made.\n${text}`;
}
