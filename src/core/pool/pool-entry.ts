// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Pool, PoolEntry } from '../facts/guest-facts.ts';
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import { isVfPlace } from '../vf/expected-vfs.ts';
import { deviceAt, intelGpus, intelVfs } from '../vf/vf.ts';

/** The entry that names a device exactly as PVE compares it at each start (PVE pve-guest-common Mapping/PCI.pm, assert_valid). */
export function entryOf(device: PciDevice, node: string): PoolEntry {
  const { subsystemVendor, subsystemDevice, iommuGroup } = device;
  return {
    node,
    id: `${device.vendor}:${device.device}`,
    path: device.bdf,
    ...(subsystemVendor === undefined || subsystemDevice === undefined
      ? {}
      : { subsystemId: `${subsystemVendor}:${subsystemDevice}` }),
    ...(iommuGroup === null ? {} : { iommuGroup }),
  };
}

/** Whether two entries say the same of the same device, descriptions aside. */
export function sameEntry(a: PoolEntry, b: PoolEntry): boolean {
  return (
    a.node === b.node && a.path === b.path && a.id === b.id && a.subsystemId === b.subsystemId && a.iommuGroup === b.iommuGroup
  );
}

/** The addresses of an entry; several make one multifunction device. */
export function pathsOf(entry: PoolEntry): readonly string[] {
  return entry.path.split(';').map((path) => path.trim());
}

/** An entry that is true now, or what is wrong with it. */
export type EntryState = 'true' | 'changed' | 'absent';

/** Compares one entry of this node with the machine, as PVE does when a guest starts. */
export function entryState(entry: PoolEntry, pci: PciFacts): EntryState {
  const devices = pathsOf(entry).map((path) => deviceAt(pci, path));
  const [first] = devices;
  if (first === undefined || devices.includes(undefined)) return 'absent';
  return sameEntry({ ...entryOf(first, entry.node), path: entry.path }, entry) ? 'true' : 'changed';
}

/**
 * The first sign that a pool is no pool of Intel VFs: a mediated pool, another vendor, or an address of this node that
 * neither is nor could be a VF. Undefined when it is one.
 */
export function foreignSign(pool: Pool, pci: PciFacts, node: string): string | undefined {
  if (pool.mdev) return 'it is for mediated devices';
  const vfs = new Set<string>(intelVfs(pci).map((vf) => vf.bdf));
  for (const entry of pool.entries) {
    if (!entry.id.startsWith('8086:')) return `it names ${entry.path} (${entry.id}) on ${entry.node}`;
    if (entry.node !== node) continue;
    const odd = pathsOf(entry).find((path) => !vfs.has(path) && (deviceAt(pci, path) !== undefined || !couldBeVf(path, pci)));
    if (odd !== undefined) return `it names ${odd}, which is no VF of an Intel GPU`;
  }
  return undefined;
}

function couldBeVf(path: string, pci: PciFacts): boolean {
  return intelGpus(pci).some((gpu) => isVfPlace(gpu, path));
}
