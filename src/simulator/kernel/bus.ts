// SPDX-License-Identifier: AGPL-3.0-or-later
import { block } from './blocked.ts';
import { ERRNO_NUMBERS } from './errno-numbers.ts';
import { leaveGroup } from './iommu-groups.ts';
import type { KernelState, Outcome, PciDriver, SimDevice } from './state.ts';
import { hideDevice, refreshDevice, showDriver } from './sysfs-pci.ts';

/** Whether a driver would take a function: its override decides alone, else the id tables (kernel drivers/pci/pci-driver.c). */
export function driverMatches(driver: PciDriver, device: SimDevice): boolean {
  if (device.driverOverride !== null) return device.driverOverride === driver.name;
  return driver.dynamicIds.has(`${device.profile.vendor}:${device.profile.device}`) || driver.claims(device);
}

/** Binds one driver to a function, or answers why not. */
export function attachDriver(state: KernelState, driver: PciDriver, device: SimDevice): Outcome {
  if (device.driver !== null) return 'EBUSY';
  const pf = device.physfn?.sriov;
  if (pf !== undefined && !pf.autoprobe && device.driverOverride === null) return 'ENODEV';
  const answer = driver.probe(state, device);
  if (answer !== 'ok') {
    if (answer !== 'ENODEV' && answer !== 'ENXIO')
      state.log(`${driver.name} ${device.bdf}: probe with driver ${driver.name} failed with error -${ERRNO_NUMBERS[answer]}`);
    return answer;
  }
  device.driver = driver.name;
  refreshDevice(state, device);
  state.uevents.push({ action: 'bind', bdf: device.bdf, path: device.path, driver: driver.name });
  return 'ok';
}

/** Looks for a driver for an unbound function, in the order in which drivers were registered. */
export function probeDevice(state: KernelState, device: SimDevice): void {
  if (device.driver !== null) return;
  for (const driver of state.drivers.values())
    if (driverMatches(driver, device) && attachDriver(state, driver, device) === 'ok') return;
}

/** Offers every unbound function to one driver, as after `new_id` or loading its module. */
export function probeForDriver(state: KernelState, driver: PciDriver): void {
  for (const device of [...state.devices.values()])
    if (device.driver === null && driverMatches(driver, device)) attachDriver(state, driver, device);
}

/** Takes the driver away from a function, then calls `done`; hangs while somebody has the function open through VFIO. */
export function detachDriver(state: KernelState, device: SimDevice, done: () => Outcome): Outcome {
  const driver = device.driver === null ? undefined : state.drivers.get(device.driver);
  if (driver === undefined) return done();
  // The links go before the driver is asked, so a function whose driver waits for a user looks unbound.
  device.releasing = true;
  refreshDevice(state, device);
  return driver.remove(state, device, () => {
    device.driver = null;
    delete device.releasing;
    if (device.sriov !== undefined) {
      if (device.sriov.numVfs > 0) state.log(`${driver.name} ${device.bdf}: driver left SR-IOV enabled after remove`);
      device.sriov.driverMax = device.sriov.hardwareTotal;
    }
    refreshDevice(state, device);
    return done();
  });
}

/** Removes a function from the bus, then calls `done`. */
export function removeDevice(state: KernelState, device: SimDevice, done: () => Outcome): Outcome {
  return detachDriver(state, device, () => {
    hideDevice(state, device);
    leaveGroup(state, device.iommuGroup, device.bdf);
    state.devices.delete(device.bdf);
    return done();
  });
}

/** Adds a driver to the bus and lets it take what it matches. */
export function registerDriver(state: KernelState, driver: PciDriver): void {
  state.drivers.set(driver.name, driver);
  showDriver(state, driver);
  probeForDriver(state, driver);
}

/** Waits for the users of a function that VFIO has, with the kernel's two log lines. */
export function waitForVfioUser(state: KernelState, device: SimDevice, ready: () => boolean, resume: () => Outcome): Outcome {
  state.log(`vfio-pci ${device.bdf}: Relaying device request to user (#0)`);
  state.log(`vfio-pci ${device.bdf}: Device is currently in use, task "sh" blocked until device is released`);
  // The PF's lock is held only when it is the PF that disables its VFs: then this VF is off its list already.
  const pf = device.physfn?.sriov?.vfs.has(device.vfIndex ?? -1) === false ? [device.physfn.bdf] : [];
  const holds = new Set([device.bdf, ...pf]);
  return block(state, { holds, ready, resume });
}
