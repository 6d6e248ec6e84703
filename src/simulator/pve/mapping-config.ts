// SPDX-License-Identifier: AGPL-3.0-or-later
import type { CheckedDevice } from '../../core/guest/pool-check.ts';
import { type PoolSection, printPoolSections, readPoolSections } from '../../core/guest/pool-config.ts';
import type { Machine } from '../machine.ts';
import { writeCluster } from './guest-state.ts';
import { pciDevice } from './sysfs.ts';

const FILE = '/etc/pve/mapping/pci.cfg';

/** The file as PVE holds it: a string of bytes, one character each. Undefined when there is none. */
export function mappingBytes(machine: Machine): string | undefined {
  const node = machine.tree.get(FILE);
  if (node?.kind !== 'file') return undefined;
  const bytes = typeof node.content === 'string' ? new TextEncoder().encode(node.content) : node.content;
  return [...bytes].map((byte) => String.fromCharCode(byte)).join('');
}

/** All mappings in file order. */
export function loadMappings(machine: Machine): readonly PoolSection[] {
  return readPoolSections(mappingBytes(machine) ?? '').sections;
}

/** Writes all mappings; PVE writes characters up to U+00FF as one byte each. */
export function saveMappings(machine: Machine, sections: readonly PoolSection[]): void {
  const raw = printPoolSections(sections);
  writeCluster(machine, 'mapping/pci.cfg', raw);
  if (/[\x80-\xff]/.test(raw) && !/[^\0-\xff]/.test(raw))
    machine.tree.setFile(
      FILE,
      Uint8Array.from(raw, (character) => character.charCodeAt(0)),
      { mode: 0o640, gid: 33 },
    );
}

/** The hardware that a mapping's entry is compared with, or undefined when there is no such device. */
export function checkedDevice(machine: Machine, id: string): CheckedDevice | undefined {
  const device = pciDevice(machine, id);
  if (device === undefined) return undefined;
  const bare = (hex: string) => hex.replace(/^0x/, '');
  return {
    vendor: bare(device.vendor),
    device: bare(device.device),
    ...(device.subsystemVendor === undefined ? {} : { subsystemVendor: bare(device.subsystemVendor) }),
    ...(device.subsystemDevice === undefined ? {} : { subsystemDevice: bare(device.subsystemDevice) }),
    iommuGroup: device.iommuGroup < 0 ? null : device.iommuGroup,
    ...(device.mdev ? { mdevTypes: [] } : {}),
  };
}
