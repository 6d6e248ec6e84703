// SPDX-License-Identifier: AGPL-3.0-or-later
import { withLock } from './blocked.ts';
import { attachDriver, detachDriver, driverMatches, probeDevice, probeForDriver } from './bus.ts';
import type { KernelState, Outcome, PciDriver } from './state.ts';

/** Writes to `bind`, `unbind`, `new_id` and `remove_id` of a driver (kernel drivers/base/bus.c, drivers/pci/pci-driver.c). */
export function writeDriverAttribute(state: KernelState, driver: PciDriver, name: string, value: string): Outcome {
  if (name === 'new_id' || name === 'remove_id') return writeId(state, driver, name, value);
  const device = state.devices.get(busName(value));
  if (name === 'bind') {
    if (device === undefined || !driverMatches(driver, device)) return 'ENODEV';
    return withLock(state, device, () => attachDriver(state, driver, device));
  }
  if (device === undefined || device.driver !== driver.name) return 'ENODEV';
  return withLock(state, device, () => detachDriver(state, device, () => 'ok'));
}

/** A write to `drivers_probe`: fine for every device that exists, whether a driver took it or not. */
export function writeDriversProbe(state: KernelState, value: string): Outcome {
  const device = state.devices.get(busName(value));
  if (device === undefined) return 'ENODEV';
  return withLock(state, device, () => {
    probeDevice(state, device);
    return 'ok';
  });
}

function writeId(state: KernelState, driver: PciDriver, name: string, value: string): Outcome {
  const [, vendor, device] = /^\s*([0-9a-f]{1,8})\s+([0-9a-f]{1,8})(\s|$)/i.exec(value) ?? [];
  if (vendor === undefined || device === undefined) return 'EINVAL';
  const id = `${vendor.toLowerCase().padStart(4, '0')}:${device.toLowerCase().padStart(4, '0')}`;
  if (name === 'remove_id') return driver.dynamicIds.delete(id) ? 'ok' : 'ENODEV';
  const inTable =
    driver.classInTable !== true &&
    [...state.devices.values()].some((other) => `${other.profile.vendor}:${other.profile.device}` === id && driver.claims(other));
  if (driver.dynamicIds.has(id) || inTable) return 'EEXIST';
  driver.dynamicIds.add(id);
  probeForDriver(state, driver);
  return 'ok';
}

/** A name as `sysfs_streq` compares it: one line end does not count. */
function busName(value: string): string {
  return value.replace(/\n$/, '');
}
