// SPDX-License-Identifier: AGPL-3.0-or-later
import { findDeviceUser } from '../engine/device-users.ts';
import { writeAttribute } from '../engine/sysfs-attribute.ts';
import { pollUntil } from '../engine/sysfs-check.ts';
import { forgetHandover, type Handover, handoversTo } from './handover-record.ts';
import type { HookContext } from './hook-context.ts';
import { bindBuffer, bindConsoles } from './host-consoles.ts';
import { linkName, sysfsOf } from './pci-look.ts';

const POKE_MS = 2000;
/** How long QEMU may take to close the device after PVE says that the guest has stopped. */
const CLOSE_MS = 10_000;
const LOOK_MS = 50;
const UNBIND_MS = 10_000;
/** A graphics driver loads firmware and looks for displays when it binds. */
const BIND_MS = 15_000;

/**
 * Gives back to the host what a guest had by hand-over: the GPU to its driver, then the consoles. What cannot be given back
 * stays noted, and the same call does it later. Called with `device.lock` held.
 */
export async function giveBack(context: HookContext, vmid: number): Promise<void> {
  for (const handover of await handoversTo(context.host, vmid)) {
    const failed = await giveOne(context, handover);
    if (failed === null) {
      await forgetHandover(context.host, handover.gpu);
      context.log.info(`${handover.gpu} is given back to ${handover.driver ?? 'the host'}.`);
      continue;
    }
    context.log.warn(
      `${handover.gpu} is not given back to the host: ${failed.replace(/\.$/, '')}. To try again: pveigpu hook ${vmid} post-stop`,
    );
  }
}

async function giveOne(context: HookContext, { gpu, driver, consoles, framebuffer }: Handover): Promise<string | null> {
  const { host } = context;
  const sysfs = sysfsOf(gpu);
  if ((await linkName(host, gpu, 'driver')) === 'vfio-pci') {
    // The kernel would wait for a user without end, with the device's lock held.
    const user = await lastUser(context, gpu);
    if (user !== null) return `it is in use by ${user}`;
    const released = await writeAttribute(host, '/sys/bus/pci/drivers/vfio-pci/unbind', gpu, UNBIND_MS);
    if (!released.ok) return released.problem.message;
  }
  const aimed = await writeAttribute(host, `${sysfs}/driver_override`, `${driver ?? ''}\n`, POKE_MS);
  if (!aimed.ok) return aimed.problem.message;
  if (driver !== null) {
    const probed = await writeAttribute(host, '/sys/bus/pci/drivers_probe', gpu, BIND_MS);
    if (!probed.ok) return probed.problem.message;
    const isBound = await pollUntil(context, { kind: 'link-name', path: `${sysfs}/driver`, name: driver }, BIND_MS);
    if (!isBound) return `${driver} did not take it; the kernel log says why`;
    await pollUntil(context, { kind: 'exists', path: `${sysfs}/drm` }, BIND_MS);
    // At the next boot, and for the next card in that slot, the kernel chooses.
    const freed = await writeAttribute(host, `${sysfs}/driver_override`, '\n', POKE_MS);
    if (!freed.ok) return freed.problem.message;
  }
  // A graphics driver has taken the firmware's frame buffer away for good.
  return (driver === null ? await bindBuffer(host, framebuffer, true) : null) ?? (await bindConsoles(host, consoles, true));
}

async function lastUser(context: HookContext, gpu: string): Promise<string | null> {
  const deadlineMs = context.clock.nowMs() + CLOSE_MS;
  for (;;) {
    const user = await findDeviceUser(context, [gpu]);
    if (user.ok && user.value === null) return null;
    if (context.clock.nowMs() >= deadlineMs) return user.ok ? (user.value?.who ?? '') : user.problem.message;
    await context.clock.sleep(LOOK_MS);
  }
}
