// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine } from '../machine.ts';
import { Hang } from './hang.ts';

const DEVICES = '/sys/bus/pci/devices';

/** What PVE reads of one PCI function (PVE::SysFSTools); ids keep their `0x`. */
export interface SysfsDevice {
  readonly id: string;
  readonly vendor: string;
  readonly device: string;
  readonly class: string;
  /** -1 without an IOMMU. */
  readonly iommuGroup: number;
  readonly mdev: boolean;
  readonly subsystemVendor: string | undefined;
  readonly subsystemDevice: string | undefined;
  readonly hasReset: boolean;
  readonly physfn: string | undefined;
  readonly virtfns: readonly string[];
}

/** The devices whose id starts with a text (`0000:` may be left out), sorted; all of them without a text. */
export function lspci(machine: Machine, filter?: string): SysfsDevice[] {
  const prefix = filter === undefined || /^[0-9a-f]{4}:[0-9a-f]{2}:/i.test(filter) ? (filter ?? '') : `0000:${filter}`;
  const names = (machine.tree.names(DEVICES) ?? []).filter((name) => name.toLowerCase().startsWith(prefix.toLowerCase()));
  return names.flatMap((name) => pciDevice(machine, name) ?? []);
}

/** One device by its full address, or undefined when there is none. */
export function pciDevice(machine: Machine, id: string): SysfsDevice | undefined {
  const read = (name: string) => machine.tree.text(`${DEVICES}/${id}/${name}`)?.trim();
  const vendor = read('vendor');
  const device = read('device');
  if (vendor === undefined || device === undefined) return undefined;
  const group = linkName(machine, `${DEVICES}/${id}/iommu_group`);
  const names = machine.tree.names(`${DEVICES}/${id}`) ?? [];
  const numbered = names.filter((name) => /^virtfn\d+$/.test(name)).sort((a, b) => Number(a.slice(6)) - Number(b.slice(6)));
  return {
    id,
    vendor,
    device,
    class: read('class') ?? '',
    iommuGroup: group === undefined ? -1 : Number(group),
    mdev: names.includes('mdev_supported_types'),
    subsystemVendor: read('subsystem_vendor'),
    subsystemDevice: read('subsystem_device'),
    hasReset: names.includes('reset'),
    physfn: linkName(machine, `${DEVICES}/${id}/physfn`),
    virtfns: numbered.map((name) => linkName(machine, `${DEVICES}/${id}/${name}`) ?? ''),
  };
}

/** The last part of a link's target, or undefined when there is no link. */
export function linkName(machine: Machine, path: string): string | undefined {
  const found = machine.tree.lookup(path, false);
  return 'node' in found && found.node.kind === 'symlink' ? found.node.target.split('/').pop() : undefined;
}

/** Whether the kernel has an IOMMU (`check_iommu_support`). */
export function hasIommu(machine: Machine): boolean {
  return (machine.tree.names('/sys/class/iommu') ?? []).length > 0;
}

const STRERROR: { readonly [errno: string]: string } = {
  EACCES: 'Permission denied',
  EBUSY: 'Device or resource busy',
  EEXIST: 'File exists',
  EINVAL: 'Invalid argument',
  EIO: 'Input/output error',
  ENODEV: 'No such device',
  ENOENT: 'No such file or directory',
  ENOMEM: 'Cannot allocate memory',
  ENOSPC: 'No space left on device',
  EPERM: 'Operation not permitted',
  ERANGE: 'Numerical result out of range',
  ETIMEDOUT: 'Connection timed out',
};

/** Writes a sysfs attribute as PVE does (`file_write`): false after printing the reason. A missing file is silent. */
export function fileWrite(
  machine: Machine,
  warn: (text: string) => void,
  path: string,
  value: string,
  allowExisting = false,
): boolean {
  if (machine.tree.get(path) === undefined) return false;
  const answer = machine.kernel.write(path, value);
  if (answer === 'HANG') throw new Hang(`a write of '${value}' to '${path}' never returns`);
  if (answer === 'ok' || (allowExisting && answer === 'EEXIST')) return true;
  warn(`error writing '${value}' to '${path}': ${STRERROR[answer] ?? answer}\n`);
  return false;
}
