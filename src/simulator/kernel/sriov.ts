// SPDX-License-Identifier: AGPL-3.0-or-later
import { withLock } from './blocked.ts';
import { probeDevice, removeDevice } from './bus.ts';
import { firstFreeGroup, freeGroup, joinGroup } from './iommu-groups.ts';
import { kstrtou } from './numbers.ts';
import { vfWindowsPlaced } from './resources.ts';
import type { KernelState, Outcome, SimDevice, SriovState } from './state.ts';
import { refreshDevice, showDevice } from './sysfs-pci.ts';

/** A write to `sriov_numvfs`, with the checks in the kernel's order (drivers/pci/iov.c, sriov_numvfs_store). */
export function writeNumVfs(state: KernelState, pf: SimDevice, value: string): Outcome {
  const { sriov } = pf;
  if (sriov === undefined) return 'ENOENT';
  const wanted = kstrtou(value, 0xffff);
  if (wanted === undefined) return 'EINVAL';
  if (wanted > sriov.driverMax) return 'ERANGE';
  return withLock(state, pf, () => setNumVfs(state, pf, sriov, wanted));
}

function setNumVfs(state: KernelState, pf: SimDevice, sriov: SriovState, wanted: number): Outcome {
  if (wanted === sriov.numVfs) return 'ok';
  const driver = pf.driver === null ? undefined : state.drivers.get(pf.driver);
  if (driver === undefined) {
    state.log(`pci ${pf.bdf}: no driver bound to device; cannot configure SR-IOV`);
    return 'ENOENT';
  }
  if (driver.sriovConfigure === undefined) {
    state.log(`${driver.name} ${pf.bdf}: driver does not support SR-IOV configuration via sysfs`);
    return 'ENOENT';
  }
  if (wanted !== 0 && sriov.numVfs !== 0) {
    state.log(`${driver.name} ${pf.bdf}: ${sriov.numVfs} VFs already enabled. Disable before enabling ${wanted} VFs`);
    return 'EBUSY';
  }
  const answer = driver.sriovConfigure(state, pf, wanted);
  if (answer === 'ok' && sriov.numVfs !== wanted)
    state.log(`${driver.name} ${pf.bdf}: ${wanted} VFs requested; only ${sriov.numVfs} enabled`);
  return answer;
}

/** Enables VFs as `pci_enable_sriov` does: each gets its own IOMMU group and is offered to the drivers. */
export function enableVfs(state: KernelState, pf: SimDevice, wanted: number, override: string | null = null): Outcome {
  const { sriov } = pf;
  if (sriov === undefined) return 'ENODEV';
  if (state.injections.enableErrno !== undefined) return state.injections.enableErrno;
  if (!vfWindowsPlaced(pf)) {
    state.log(`${pf.driver} ${pf.bdf}: not enough MMIO resources for SR-IOV`);
    return 'ENOMEM';
  }
  const count = Math.min(wanted, state.injections.enableAtMost ?? wanted);
  sriov.numVfs = count;
  for (let index = 0; index < count; index += 1) addVf(state, pf, index, override);
  refreshDevice(state, pf);
  return 'ok';
}

/**
 * Disables VFs as `pci_disable_sriov` does, lowest first, each with its links before the device itself. A VF that is
 * open stops it there until it is closed: the VFs below are gone by then, those above still exist.
 */
export function disableVfs(state: KernelState, pf: SimDevice, done: () => Outcome): Outcome {
  const { sriov } = pf;
  const first = sriov === undefined ? undefined : [...sriov.vfs.entries()].sort((a, b) => a[0] - b[0])[0];
  if (sriov === undefined) return done();
  if (first === undefined) {
    sriov.numVfs = 0;
    refreshDevice(state, pf);
    return done();
  }
  const [index, vf] = first;
  sriov.vfs.delete(index);
  // Somebody removed this VF through its own `remove` file.
  if (state.devices.get(vf.bdf) !== vf) return disableVfs(state, pf, done);
  state.tree.remove(`${pf.path}/virtfn${index}`);
  state.tree.remove(`${vf.path}/physfn`);
  return removeDevice(state, vf, () => disableVfs(state, pf, done));
}

function addVf(state: KernelState, pf: SimDevice, index: number, override: string | null): void {
  const { sriov } = pf;
  if (sriov === undefined) return;
  const bdf = vfAddress(pf.bdf, sriov.offset + index * sriov.stride);
  const { sriov: _pfOnly, gvtg: _gvtg, bootVga: _bootVga, ...shared } = pf.profile;
  const vf: SimDevice = {
    bdf,
    path: pf.path.replace(/[^/]+$/, bdf),
    profile: { ...shared, bdf, resetMethods: ['flr'] },
    physfn: pf,
    vfIndex: index,
    driver: null,
    driverOverride: override,
    iommuGroup: state.iommu ? freeGroup(state, firstFreeGroup(state, pf)) : null,
  };
  state.devices.set(bdf, vf);
  sriov.vfs.set(index, vf);
  state.log(`pci ${bdf}: [${vf.profile.vendor}:${vf.profile.device}] type 00 class 0x${vf.profile.class}`);
  showDevice(state, vf);
  if (vf.iommuGroup !== null) {
    joinGroup(state, vf.iommuGroup, bdf, vf.path);
    state.log(`pci ${bdf}: Adding to iommu group ${vf.iommuGroup}`);
  }
  refreshDevice(state, pf);
  probeDevice(state, vf);
}

/** The routing id of a VF: the PF's plus offset plus stride times index (PCI SR-IOV 9.2.1.2). */
export function vfAddress(pf: string, distance: number): string {
  const [domain = '', bus = '', rest = ''] = pf.split(':');
  const [slot = '', fn = ''] = rest.split('.');
  const hex = (text: string) => Number.parseInt(text, 16);
  const id = hex(bus) * 256 + hex(slot) * 8 + hex(fn) + distance;
  const two = (value: number) => value.toString(16).padStart(2, '0');
  return `${domain}:${two(id >> 8)}:${two((id >> 3) & 0x1f)}.${id & 7}`;
}
