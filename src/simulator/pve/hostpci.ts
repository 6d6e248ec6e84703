// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Hostpci, hostpciValue, parseHostpci } from '../../core/guest/hostpci.ts';
import { checkEntry } from '../../core/guest/pool-check.ts';
import { poolOfSection } from '../../core/guest/pool-config.ts';
import type { Machine } from '../machine.ts';
import { checkedDevice, loadMappings, mappingBytes } from './mapping-config.ts';
import { mdevUuid } from './mdev.ts';
import { Die, EINVAL, ENOENT, EXIT_DIE } from './perl-die.ts';
import { reservedByOther } from './reserve.ts';
import { lspci, type SysfsDevice } from './sysfs.ts';

/** One `hostpciN` of a VM, resolved against the hardware. */
export interface HostPci {
  readonly name: string;
  readonly index: number;
  readonly value: Hostpci;
  /** Each alternative is one device, or several for one multifunction device. */
  readonly alternatives: readonly (readonly SysfsDevice[])[];
  readonly mdevUuid: string | undefined;
  /** Its mapping is marked live-migration-capable. */
  readonly migrates: boolean;
}

/** The `hostpciN` keys of a section, in order of their number. */
export function hostpciKeys(values: ReadonlyMap<string, string>): string[] {
  const names = [...values.keys()].filter((key) => /^hostpci\d+$/.test(key));
  return names.sort((a, b) => Number(a.slice(7)) - Number(b.slice(7)));
}

/** Resolves one entry; dies with PVE's messages (PCI.pm `parse_hostpci`). */
export function parseHostPci(machine: Machine, vmid: number, name: string, value: string): HostPci {
  const parsed = parseHostpci(value);
  if (!parsed.ok) throw new Die(`${parsed.problem.message}\n`);
  const host = hostpciValue(parsed.value, 'host');
  const mapping = hostpciValue(parsed.value, 'mapping');
  if (host !== undefined && mapping !== undefined) throw new Die("Cannot set both 'host' and 'mapping'.\n", { exitCode: EINVAL });
  if (host === undefined && mapping === undefined)
    throw new Die("Either 'host' or 'mapping' must be set.\n", { exitCode: EINVAL });
  const groups = mapping === undefined ? [(host ?? '').split(';')] : mappedPaths(machine, mapping);
  const alternatives = groups.map((ids) => ids.flatMap((id) => devicesOf(machine, id)));
  const index = Number(name.slice(7));
  const isMdev = hostpciValue(parsed.value, 'mdev') !== undefined;
  if (isMdev && alternatives.some((devices) => devices.length > 1))
    throw new Die('cannot use mediated device with multifunction device\n');
  const migrates = loadMappings(machine).find((one) => one.id === mapping)?.liveMigrationCapable === true;
  return { name, index, value: parsed.value, alternatives, mdevUuid: isMdev ? mdevUuid(vmid, index) : undefined, migrates };
}

function mappedPaths(machine: Machine, id: string): readonly (readonly string[])[] {
  const section = loadMappings(machine).find((one) => one.id === id);
  const pool = section === undefined ? undefined : poolOfSection(section);
  const entries = (pool?.entries ?? []).filter((entry) => entry.node === machine.nodeName);
  if (pool === undefined || entries.length === 0) {
    const exitCode = mappingBytes(machine) === undefined ? ENOENT : EXIT_DIE;
    throw new Die(`PCI device mapping not found for '${id}'\n`, { exitCode });
  }
  for (const entry of entries) {
    const fault = checkEntry(pool, entry, (path) => checkedDevice(machine, path));
    if (fault === undefined) continue;
    throw new Die(`PCI device mapping invalid (hardware probably changed): ${fault}\n\n`, { exitCode: ENOENT });
  }
  return entries.map((entry) => entry.path.split(';'));
}

function devicesOf(machine: Machine, id: string): SysfsDevice[] {
  const devices = lspci(machine, id);
  if (devices.length === 0) throw new Die(`no PCI device found for '${id}'\n`, { exitCode: EINVAL });
  return devices;
}

/** One entry with the device that was picked; mediated devices keep every alternative to try. */
export interface ChosenHostPci extends HostPci {
  readonly devices: readonly SysfsDevice[];
}

/** Picks for each entry the first alternative that nobody uses, in file order (PCI.pm `choose_hostpci_devices`). */
export function chooseDevices(machine: Machine, vmid: number, entries: readonly HostPci[]): ChosenHostPci[] {
  const used = new Set<string>();
  for (const { alternatives, mdevUuid: uuid } of entries) {
    if (uuid !== undefined || alternatives.length !== 1) continue;
    for (const { id } of alternatives[0] ?? []) {
      if (used.has(id)) throw new Die(`device '${id}' assigned more than once\n`, { exitCode: ENOENT });
      used.add(id);
    }
  }
  return entries.map((entry) => {
    const [first = []] = entry.alternatives;
    if (entry.mdevUuid !== undefined || entry.alternatives.length === 1) return { ...entry, devices: first };
    const free = entry.alternatives.find((devices) =>
      devices.every(({ id }) => !used.has(id) && reservedByOther(machine, id, vmid) === undefined),
    );
    if (free === undefined) throw new Die(`could not find a free device for '${entry.name}'\n`);
    for (const { id } of free) used.add(id);
    return { ...entry, devices: free };
  });
}
