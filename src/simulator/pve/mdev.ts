// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine } from '../machine.ts';
import { Die } from './perl-die.ts';
import { fileWrite, linkName } from './sysfs.ts';

const DEVICES = '/sys/bus/pci/devices';

/** PVE's UUID of a guest's mediated device: index and VMID in decimal (Mdev.pm `generate_mdev_uuid`). */
export function mdevUuid(vmid: number, index: number): string {
  return `${String(index).padStart(8, '0')}-0000-0000-0000-${String(vmid).padStart(12, '0')}`;
}

export interface MdevType {
  readonly type: string;
  readonly available: number;
  readonly description: string;
  readonly name: string | undefined;
}

/** The mediated device types of a device, sorted by name; none when it has no such types. */
export function mdevTypes(machine: Machine, id: string): readonly MdevType[] {
  const folder = `${DEVICES}/${id}/mdev_supported_types`;
  return (machine.tree.names(folder) ?? []).map((type) => ({
    type,
    available: Number(machine.tree.text(`${folder}/${type}/available_instances`) ?? 0),
    description: machine.tree.text(`${folder}/${type}/description`) ?? '',
    name: machine.tree.text(`${folder}/${type}/name`)?.trim(),
  }));
}

/** Makes a mediated device; dies with PVE's reasons. One that stands there with the same type is used (Mdev.pm). */
export function createMdev(machine: Machine, warn: (text: string) => void, id: string, uuid: string, type: string): void {
  const folder = `${DEVICES}/${id}/mdev_supported_types`;
  if (machine.tree.get(folder) === undefined) throw new Die(`pci device '${id}' does not support mediated devices \n`);
  if (machine.tree.get(`${folder}/${type}`) === undefined) throw new Die(`pci device '${id}' has no type '${type}'\n`);
  if (machine.tree.get(`${DEVICES}/${id}/${uuid}`) !== undefined) {
    const existing = linkName(machine, `${DEVICES}/${id}/${uuid}/mdev_type`);
    if (existing !== type) throw new Die(`mediated device '${uuid}' already exists with type '${existing ?? ''}'\n`);
    warn(`mediated device '${uuid}' already existed, using it\n`);
    return;
  }
  const available = Number(machine.tree.text(`${folder}/${type}/available_instances`) ?? 0);
  if (available < 1) throw new Die(`pci device '${id}' has no available instances of '${type}'\n`);
  if (!fileWrite(machine, warn, `${folder}/${type}/create`, uuid))
    throw new Die(`creating mediated device '${uuid}' of type '${type}' failed\n`);
}

/** Removes a guest's mediated device when it stands there. */
export function removeMdev(machine: Machine, warn: (text: string) => void, uuid: string): void {
  const folder = `/sys/bus/mdev/devices/${uuid}`;
  if (machine.tree.get(folder) === undefined) return;
  warn(`actively clean up mediated device with UUID ${uuid}\n`);
  fileWrite(machine, warn, `${folder}/remove`, '1');
}
