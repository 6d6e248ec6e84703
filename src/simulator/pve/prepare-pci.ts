// SPDX-License-Identifier: AGPL-3.0-or-later
import { hostpciValue } from '../../core/guest/hostpci.ts';
import { resolveHostPci } from './command-line.ts';
import type { ChosenHostPci } from './hostpci.ts';
import { createMdev, removeMdev } from './mdev.ts';
import { Die } from './perl-die.ts';
import { releaseReservations } from './reserve.ts';
import type { Session } from './session.ts';
import { fileWrite, hasIommu, pciDevice, type SysfsDevice } from './sysfs.ts';
import { bindGroupToVfio } from './vfio-bind.ts';

/** Makes the devices of a start ready: binds them to vfio-pci, or makes the mediated device (PCI.pm `prepare_pci_device`). */
export function prepareDevices(session: Session, entries: readonly ChosenHostPci[]): void {
  for (const entry of entries) {
    if (entry.mdevUuid === undefined) for (const device of entry.devices) prepareOne(session, entry, device);
    else makeMdev(session, entry);
  }
}

function makeMdev(session: Session, entry: ChosenHostPci): void {
  for (const [device] of entry.alternatives) {
    if (device === undefined) continue;
    try {
      prepareOne(session, entry, device);
      return;
    } catch (error) {
      if (!(error instanceof Die)) throw error;
      session.warn(error.text);
    }
  }
  throw new Die('could not create mediated device\n');
}

function prepareOne(session: Session, entry: ChosenHostPci, { id }: SysfsDevice): void {
  const { machine, warn } = session;
  if (!hasIommu(machine)) throw new Die('cannot prepare PCI pass-through, IOMMU not present\n');
  const device = pciDevice(machine, id);
  if (device === undefined) throw new Die(`no pci device info for device '${id}'\n`);
  if (hostpciValue(entry.value, 'driver') === 'keep') return;
  if (entry.mdevUuid !== undefined) {
    createMdev(machine, warn, id, entry.mdevUuid, hostpciValue(entry.value, 'mdev') ?? '');
    return;
  }
  bindGroupToVfio(machine, warn, device);
  if (device.hasReset && !fileWrite(machine, warn, `/sys/bus/pci/devices/${id}/reset`, '1'))
    warn(`failed to reset PCI device '${id}', but trying to continue as not all devices need a reset\n`);
}

/**
 * Gives back what a guest held: its mediated devices, then its reservations. A device that is gone stops it half-way, so
 * that the reservations stay (QemuServer.pm `cleanup_pci_devices`).
 */
export function cleanupDevices(session: Session, vmid: number, values: ReadonlyMap<string, string>): void {
  for (const { mdevUuid } of resolveHostPci(session.machine, vmid, values))
    if (mdevUuid !== undefined) removeMdev(session.machine, session.warn, mdevUuid);
  releaseReservations(session.machine, vmid);
}

/** Runs a part of PVE that only warns when it dies; answers whether it came to its end. */
export function warnOnly(session: Session, run: () => void): boolean {
  try {
    run();
    return true;
  } catch (error) {
    if (!(error instanceof Die)) throw error;
    session.warn(error.text);
    return false;
  }
}
