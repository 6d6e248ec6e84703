// SPDX-License-Identifier: AGPL-3.0-or-later
import { findDeviceUser } from '../engine/device-users.ts';
import { writeAttribute } from '../engine/sysfs-attribute.ts';
import { pollUntil } from '../engine/sysfs-check.ts';
import type { HookContext } from './hook-context.ts';
import { linkName, sysfsOf } from './pci-look.ts';

const POKE_MS = 2000;
/** How long QEMU may take to close the device after PVE says that the guest has stopped. */
const CLOSE_MS = 10_000;
const LOOK_MS = 50;
const UNBIND_MS = 10_000;
/** A graphics driver loads firmware and looks for displays when it binds. */
const BIND_MS = 15_000;

/**
 * Gives a PCI function back from vfio-pci to a driver of the host (null for none) and waits until it has it; `shows` is the folder in
 * sysfs that the driver makes last. Says what went wrong, or null. Doing it again changes nothing. Called with `device.lock` held.
 */
export async function returnFunction(
  context: HookContext,
  bdf: string,
  driver: string | null,
  shows?: string,
): Promise<string | null> {
  const { host } = context;
  const sysfs = sysfsOf(bdf);
  if ((await linkName(host, bdf, 'driver')) === 'vfio-pci') {
    // The kernel would wait for a user without end, with the device's lock held.
    const user = await lastUser(context, bdf);
    if (user !== null) return `it is in use by ${user}`;
    const released = await writeAttribute(host, '/sys/bus/pci/drivers/vfio-pci/unbind', bdf, UNBIND_MS);
    if (!released.ok) return released.problem.message;
  }
  const aimed = await writeAttribute(host, `${sysfs}/driver_override`, `${driver ?? ''}\n`, POKE_MS);
  if (!aimed.ok) return aimed.problem.message;
  if (driver === null) return null;
  const probed = await writeAttribute(host, '/sys/bus/pci/drivers_probe', bdf, BIND_MS);
  if (!probed.ok) return probed.problem.message;
  const isBound = await pollUntil(context, { kind: 'link-name', path: `${sysfs}/driver`, name: driver }, BIND_MS);
  if (!isBound) return `${driver} did not take it; the kernel log says why`;
  if (shows !== undefined) await pollUntil(context, { kind: 'exists', path: `${sysfs}/${shows}` }, BIND_MS);
  // At the next boot, and for the next card in that slot, the kernel chooses.
  const freed = await writeAttribute(host, `${sysfs}/driver_override`, '\n', POKE_MS);
  return freed.ok ? null : freed.problem.message;
}

async function lastUser(context: HookContext, bdf: string): Promise<string | null> {
  const deadlineMs = context.clock.nowMs() + CLOSE_MS;
  for (;;) {
    const user = await findDeviceUser(context, [bdf]);
    if (user.ok && user.value === null) return null;
    if (context.clock.nowMs() >= deadlineMs) return user.ok ? (user.value?.who ?? '') : user.problem.message;
    await context.clock.sleep(LOOK_MS);
  }
}
