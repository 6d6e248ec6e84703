// SPDX-License-Identifier: AGPL-3.0-or-later
import type { KernelState, SimDevice } from './state.ts';

/** Dynamic majors as a PVE kernel gives them out; nothing may depend on the number. */
const GROUP_MAJOR = 510;
const CDEV_MAJOR = 511;

/** Shows the group node `/dev/vfio/N` and the device node `/dev/vfio/devices/vfioN` of a function on a VFIO driver. */
export function addVfioNodes(state: KernelState, device: SimDevice): void {
  const taken = new Set([...state.devices.values()].map((other) => other.vfioNumber));
  let number = 0;
  while (taken.has(number)) number += 1;
  device.vfioNumber = number;
  addGroupNode(state, device.iommuGroup);
  state.tree.set(`/dev/vfio/devices/vfio${number}`, node(CDEV_MAJOR, number));
  state.tree.setFile(`${device.path}/vfio-dev/vfio${number}/dev`, `${CDEV_MAJOR}:${number}\n`, { mode: 0o444 });
}

/** Takes the nodes away; the group node stays while another member of the group is on a VFIO driver. */
export function removeVfioNodes(state: KernelState, device: SimDevice): void {
  if (device.vfioNumber === undefined) return;
  state.tree.remove(`/dev/vfio/devices/vfio${device.vfioNumber}`);
  state.tree.remove(`${device.path}/vfio-dev`);
  delete device.vfioNumber;
  removeGroupNode(state, device.iommuGroup);
}

export function addGroupNode(state: KernelState, group: number | null): void {
  if (group !== null) state.tree.set(`/dev/vfio/${group}`, node(GROUP_MAJOR, group));
}

/** Removes `/dev/vfio/N` unless a member of the group still needs it. */
export function removeGroupNode(state: KernelState, group: number | null): void {
  const needed = [...state.devices.values()].some((other) => other.iommuGroup === group && other.vfioNumber !== undefined);
  if (group !== null && !needed) state.tree.remove(`/dev/vfio/${group}`);
}

/** Whether a process has a function open through VFIO, by its group or by its own node. */
export function vfioInUse(state: KernelState, group: number | null, vfioNumber?: number): boolean {
  if (group === null) return false;
  const paths = new Set([`/dev/vfio/${group}`, `/dev/vfio/devices/vfio${vfioNumber ?? 'none'}`]);
  return [...state.processes.values()].some((process) => process.open.some((path) => paths.has(path)));
}

function node(major: number, minor: number) {
  return { kind: 'device', type: 'char', major, minor, mode: 0o600, uid: 0, gid: 0 } as const;
}
