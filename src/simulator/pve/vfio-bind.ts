// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine } from '../machine.ts';
import { Die } from './perl-die.ts';
import { fileWrite, linkName, type SysfsDevice } from './sysfs.ts';

const DRIVER = '/sys/bus/pci/drivers/vfio-pci';
const DEVICES = '/sys/bus/pci/devices';

/** Binds every function of a device's IOMMU group, bridges left out, to vfio-pci (`pci_dev_group_bind_to_vfio`). */
export function bindGroupToVfio(machine: Machine, warn: (text: string) => void, device: SysfsDevice): void {
  if (machine.tree.get(DRIVER) === undefined) machine.kernel.modprobe('vfio-pci');
  if (machine.tree.get(DRIVER) === undefined) throw new Die('Cannot find vfio-pci module!\n');
  const group = `${DEVICES}/${device.id}/iommu_group/devices`;
  const members = machine.tree.names(group);
  if (members === undefined) throw new Die(`Cannot open iommu_group: No such file or directory\n`, { exitCode: 2 });
  for (const id of members) {
    if (machine.tree.get(`${DEVICES}/${id}/pci_bus`) !== undefined) continue;
    if (!bindToVfio(machine, warn, id)) throw new Die(`Cannot bind ${id} to vfio\n`);
  }
}

/** new_id, unbind, bind: nothing of it when the device is bound already (`pci_dev_bind_to_vfio`). */
function bindToVfio(machine: Machine, warn: (text: string) => void, id: string): boolean {
  const bound = () => linkName(machine, `${DEVICES}/${id}/driver`) === 'vfio-pci';
  if (bound()) return true;
  const hex = (name: string) => (machine.tree.text(`${DEVICES}/${id}/${name}`) ?? '').trim().replace(/^0x/, '');
  if (!fileWrite(machine, warn, `${DRIVER}/new_id`, `${hex('vendor')} ${hex('device')}`, true)) return false;
  if (!bound() && linkName(machine, `${DEVICES}/${id}/driver`) !== undefined)
    if (!fileWrite(machine, warn, `${DEVICES}/${id}/driver/unbind`, id)) return false;
  if (!bound() && !fileWrite(machine, warn, `${DRIVER}/bind`, id)) return false;
  return bound();
}
