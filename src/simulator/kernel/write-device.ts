// SPDX-License-Identifier: AGPL-3.0-or-later
import { withLock } from './blocked.ts';
import { removeDevice } from './bus.ts';
import { kstrtobool, kstrtou } from './numbers.ts';
import { writeEnable, writeRom } from './option-rom.ts';
import { overrideTakesLock } from './override-lock.ts';
import { writeNumVfs } from './sriov.ts';
import type { KernelState, Outcome, SimDevice } from './state.ts';
import { refreshDevice } from './sysfs-pci.ts';

/** Writes to the attributes of one function; undefined for an attribute without behaviour of its own. */
export function writeDeviceAttribute(state: KernelState, device: SimDevice, name: string, value: string): Outcome | undefined {
  const write = WRITERS[name];
  return write?.(state, device, value);
}

type Writer = (state: KernelState, device: SimDevice, value: string) => Outcome;

const WRITERS: { readonly [name: string]: Writer } = {
  sriov_numvfs: writeNumVfs,
  rom: writeRom,
  enable: writeEnable,
  sriov_drivers_autoprobe(state, device, value) {
    const truth = kstrtobool(value);
    if (truth === undefined || device.sriov === undefined) return 'EINVAL';
    device.sriov.autoprobe = truth;
    refreshDevice(state, device);
    return 'ok';
  },
  /** An empty line clears it; nothing is unbound or probed by it (kernel drivers/base/driver.c, driver_set_override). */
  driver_override(state, device, value) {
    if (value.length >= 4095) return 'EINVAL';
    const text = value.split('\n')[0] ?? '';
    const set = (): Outcome => {
      device.driverOverride = text === '' ? null : text;
      refreshDevice(state, device);
      return 'ok';
    };
    return overrideTakesLock(state.release) ? withLock(state, device, set) : set();
  },
  reset(state, device, value) {
    if (kstrtou(value, Number.MAX_SAFE_INTEGER) !== 1) return 'EINVAL';
    return withLock(state, device, () => {
      const pf = device.physfn;
      if (pf?.driver === 'i915' && device.vfIndex !== undefined) state.log(`i915 ${pf.bdf}: VF${device.vfIndex + 1} FLR`);
      return 'ok';
    });
  },
  remove(state, device, value) {
    const wanted = kstrtou(value, Number.MAX_SAFE_INTEGER);
    if (wanted === undefined) return 'EINVAL';
    if (wanted === 0) return 'ok';
    return withLock(state, device, () => removeDevice(state, device, () => 'ok'));
  },
};
