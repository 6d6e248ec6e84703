// SPDX-License-Identifier: AGPL-3.0-or-later
import { block } from './blocked.ts';
import { gpuEntry } from './gpu-knowledge.ts';
import { availableInstances, type GvtgType, gvtgTypes, poolsOf } from './gvtg-types.ts';
import { firstFreeGroup, freeGroup, joinGroup, leaveGroup } from './iommu-groups.ts';
import { relativeLink } from './links.ts';
import type { KernelState, Outcome, SimDevice, SimMdev } from './state.ts';
import { addGroupNode, removeGroupNode, vfioInUse } from './vfio-nodes.ts';

/** RFC 4122 text form, as the kernel's `uuid_parse` takes it. */
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Starts GVT-g on a function that i915 has, when everything for it is there (kernel i915/intel_gvt.c, in its order). Nothing
 * is looked at, and nothing said, before kvmgt is loaded.
 */
export function startGvtg(state: KernelState, device: SimDevice, parameters: { readonly [name: string]: string }): void {
  if (!state.modules.has('kvmgt')) return;
  if (parameters.enable_gvt !== 'Y' || device.physfn !== undefined) return;
  if (gpuEntry(device)?.gvtg !== true) {
    state.log('[drm] Unsupported device. GVT-g is disabled');
    return;
  }
  if ((Math.max(0, Number(parameters.enable_guc ?? '-1')) & 1) === 1) {
    state.log('[drm] Graphics virtualization is not yet supported with GuC submission');
    return;
  }
  device.gvtg = true;
  showTypes(state, device);
}

/** kvmgt arrives and is offered every function of i915. It stays loaded without one (kernel gvt/kvmgt.c, kvmgt_init). */
export function registerKvmgt(state: KernelState): void {
  const parameters = state.modules.get('i915')?.parameters ?? {};
  for (const device of state.devices.values()) if (device.driver === 'i915') startGvtg(state, device, parameters);
}

/** Ends GVT-g on a function: its mdevs go first, and an open one stops it there. */
export function stopGvtg(state: KernelState, device: SimDevice, done: () => Outcome): Outcome {
  const mdev = [...state.mdevs.values()].find((candidate) => candidate.parent === device);
  if (mdev !== undefined) return removeMdev(state, mdev, () => stopGvtg(state, device, done));
  state.tree.remove(`${device.path}/mdev_supported_types`);
  state.tree.remove(`/sys/class/mdev_bus/${device.bdf}`);
  delete device.gvtg;
  return done();
}

/** A write of a UUID to `<type>/create`. */
export function createMdev(state: KernelState, device: SimDevice, typeId: string, value: string): Outcome {
  const uuid = value.replace(/\n$/, '').toLowerCase();
  const types = typesOf(device);
  const type = types.find((candidate) => candidate.id === typeId);
  if (!UUID.test(uuid)) return 'EINVAL';
  if (type === undefined) return 'ENOENT';
  if (state.mdevs.has(uuid)) return 'EEXIST';
  const pools = poolsOf(state, device, types);
  if (availableInstances(pools, type) === 0) {
    const low = pools.lowMiB < type.lowMiB;
    const [item, request, left] = low
      ? ['low GM space', type.lowMiB, pools.lowMiB]
      : ['high GM space', type.highMiB, pools.highMiB];
    state.log(`gvt: fail to allocate resource ${item}`);
    state.log(`gvt: request ${request}MB avail ${left}MB`);
    return 'ENOSPC';
  }
  const mdev: SimMdev = {
    uuid,
    parent: device,
    type: typeId,
    iommuGroup: state.iommu ? freeGroup(state, firstFreeGroup(state, device)) : null,
  };
  state.mdevs.set(uuid, mdev);
  showMdev(state, mdev);
  refreshInstances(state, device);
  return 'ok';
}

/** A write of 1 to `<uuid>/remove`; waits while the mdev is open. */
export function removeMdev(state: KernelState, mdev: SimMdev, done: () => Outcome): Outcome {
  const busy = () => vfioInUse(state, mdev.iommuGroup);
  const path = `${mdev.parent.path}/${mdev.uuid}`;
  // Its links and the attribute go first, its directory and its share of the pool when the last user has closed it.
  for (const name of ['remove', 'mdev_type', 'driver']) state.tree.remove(`${path}/${name}`);
  state.tree.remove(`/sys/bus/mdev/devices/${mdev.uuid}`);
  state.tree.remove(`${mdev.parent.path}/mdev_supported_types/${mdev.type}/devices/${mdev.uuid}`);
  const finish = () => {
    state.mdevs.delete(mdev.uuid);
    state.tree.remove(path);
    leaveGroup(state, mdev.iommuGroup, mdev.uuid);
    removeGroupNode(state, mdev.iommuGroup);
    refreshInstances(state, mdev.parent);
    return done();
  };
  if (!busy()) return finish();
  state.log(`intel_vgpu_mdev ${mdev.uuid}: Device is currently in use, task "sh" blocked until device is released`);
  return block(state, { holds: new Set([mdev.uuid]), ready: () => !busy(), resume: finish });
}

function showMdev(state: KernelState, mdev: SimMdev): void {
  const path = `${mdev.parent.path}/${mdev.uuid}`;
  const type = `${mdev.parent.path}/mdev_supported_types/${mdev.type}`;
  state.tree.setFile(`${path}/remove`, '', { mode: 0o200 });
  state.tree.setLink(`${path}/mdev_type`, relativeLink(path, type));
  state.tree.setLink(`${path}/driver`, relativeLink(path, '/sys/bus/mdev/drivers/intel_vgpu_mdev'));
  state.tree.setLink(`${type}/devices/${mdev.uuid}`, relativeLink(`${type}/devices`, path));
  state.tree.setLink(`/sys/bus/mdev/devices/${mdev.uuid}`, relativeLink('/sys/bus/mdev/devices', path));
  if (mdev.iommuGroup !== null) joinGroup(state, mdev.iommuGroup, mdev.uuid, path);
  addGroupNode(state, mdev.iommuGroup);
}

function showTypes(state: KernelState, device: SimDevice): void {
  state.tree.setLink(`/sys/class/mdev_bus/${device.bdf}`, relativeLink('/sys/class/mdev_bus', device.path));
  for (const type of typesOf(device)) {
    const directory = `${device.path}/mdev_supported_types/${type.id}`;
    const readOnly = (name: string, text: string) => state.tree.setFile(`${directory}/${name}`, text, { mode: 0o444 });
    state.tree.setFile(`${directory}/create`, '', { mode: 0o200 });
    state.tree.setDirectory(`${directory}/devices`);
    readOnly('device_api', 'vfio-pci\n');
    readOnly('name', `${type.id.replace('i915-', '')}\n`);
    readOnly('description', describe(type));
  }
  refreshInstances(state, device);
}

function describe(type: GvtgType): string {
  return (
    `low_gm_size: ${type.lowMiB}MB\nhigh_gm_size: ${type.highMiB}MB\nfence: ${type.fences}\n` +
    `resolution: ${type.resolution}\nweight: ${type.weight}\n`
  );
}

function refreshInstances(state: KernelState, device: SimDevice): void {
  const types = typesOf(device);
  const pools = poolsOf(state, device, types);
  for (const type of types) {
    const path = `${device.path}/mdev_supported_types/${type.id}/available_instances`;
    state.tree.setFile(path, `${availableInstances(pools, type)}\n`, { mode: 0o444 });
  }
}

function typesOf(device: SimDevice): readonly GvtgType[] {
  const generation = Number(gpuEntry(device)?.graphicsGen);
  return gvtgTypes(generation, device.profile.gvtg?.apertureMiB ?? 0);
}
