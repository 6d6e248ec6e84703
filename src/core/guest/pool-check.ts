// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Pool, PoolEntry } from '../facts/guest-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';

/** What PVE compares of a device. */
export type CheckedDevice = Pick<
  PciDevice,
  'vendor' | 'device' | 'subsystemVendor' | 'subsystemDevice' | 'iommuGroup' | 'mdevTypes'
>;

/**
 * PVE's own check of one entry at every start (pve-guest-common Mapping/PCI.pm assert_valid): its message, or undefined when the entry
 * is right. One wrong entry for the node keeps every guest of the pool from starting. Texts are compared as they are, so hex must be
 * lower case, as sysfs has it.
 */
export function checkEntry(
  pool: Pick<Pool, 'id' | 'mdev'>,
  entry: PoolEntry,
  find: (path: string) => CheckedDevice | undefined,
): string | undefined {
  const paths = entry.path.split(';').map((path) => (/\.[a-f0-9]/i.test(path) ? path : `${path}.0`));
  for (const [index, path] of paths.entries()) {
    const device = find(path);
    if (device === undefined) return `pci device '${path}' not found`;
    for (const property of expectedProperties(pool, entry, device)) {
      if (property.name === 'iommugroup' && index > 0) continue;
      const message = compare(pool.id, path, property);
      if (message !== undefined) return message;
    }
  }
  return undefined;
}

/** The first message for any entry of the node, or why there is none to use; undefined when a guest could start with the pool. */
export function checkPool(pool: Pool, node: string, find: (path: string) => CheckedDevice | undefined): string | undefined {
  const entries = pool.entries.filter((entry) => entry.node === node);
  if (entries.length === 0) return `PCI device mapping not found for '${pool.id}'`;
  for (const entry of entries) {
    const message = checkEntry(pool, entry, find);
    if (message !== undefined) return message;
  }
  return undefined;
}

interface Compared {
  readonly name: string;
  readonly expected: string | undefined;
  readonly configured: string | undefined;
}

/** In PVE's order, which is that of the names. */
function expectedProperties(pool: Pick<Pool, 'mdev'>, entry: PoolEntry, device: CheckedDevice): readonly Compared[] {
  const { subsystemVendor, subsystemDevice, iommuGroup } = device;
  const hasSubsystem = subsystemVendor !== undefined && subsystemDevice !== undefined;
  return [
    { name: 'id', expected: `${device.vendor}:${device.device}`, configured: entry.id },
    { name: 'iommugroup', expected: iommuGroup === null ? undefined : `${iommuGroup}`, configured: entry.iommuGroup?.toString() },
    { name: 'mdev', expected: device.mdevTypes === undefined ? '0' : '1', configured: pool.mdev ? '1' : '0' },
    {
      name: 'subsystem-id',
      expected: hasSubsystem ? `${subsystemVendor}:${subsystemDevice}` : undefined,
      configured: entry.subsystemId,
    },
  ];
}

function compare(pool: string, path: string, { name, expected, configured }: Compared): string | undefined {
  if (expected === undefined && configured === undefined) return undefined;
  if (configured === undefined) return `missing expected property '${name}' for device '${path}'`;
  if (expected === undefined) return `unexpected property '${name}' configured for device '${path}'`;
  return expected === configured ? undefined : `'${name}' does not match for '${pool}' (${expected} != ${configured})`;
}
