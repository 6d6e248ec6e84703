// SPDX-License-Identifier: AGPL-3.0-or-later
import { findDeviceUser } from '../engine/device-users.ts';
import { bindVf } from './bind-vf.ts';
import { giveBack } from './give-back.ts';
import { type Handover, isHandedOver, noteHandover, readHandover } from './handover-record.ts';
import type { HookContext, Prepared } from './hook-context.ts';
import { READY } from './hook-context.ts';
import { bindBuffer, bindConsoles, consolesOn, firmwareBuffer } from './host-consoles.ts';
import { linkName } from './pci-look.ts';

/** A graphics driver lets go of its displays first, which may take seconds. Within the hook's own 30 s. */
const UNBIND_MS = 10_000;

/**
 * Takes the whole GPU from the host for a guest that was given it by hand-over; another guest's start is only let through
 * while nobody on the host uses the GPU. Called with `device.lock` held and when no VF exists.
 */
export async function takeFromHost(context: HookContext, gpu: string, vmid: number): Promise<Prepared> {
  const { host, log } = context;
  const before = await readHandover(host, gpu);
  const driver = await linkName(host, gpu, 'driver');
  if (driver === 'vfio-pci') {
    // The start that took it failed, and PVE calls no post-stop for that: who has it now gives it back.
    if (before !== null && before.vmid !== vmid) await noteHandover(host, { ...before, vmid });
    return READY;
  }
  const user = await userOf(context, gpu, vmid);
  if (user !== null) return { kind: 'refused', because: `${gpu} is in use on the host by ${user}` };
  if (!(await isHandedOver(host, vmid, gpu))) return READY;
  const consoles = before?.consoles ?? (await consolesOn(host, gpu));
  const framebuffer = before?.framebuffer ?? (await firmwareBuffer(host, gpu));
  const handover: Handover = { gpu, vmid, driver: driver ?? before?.driver ?? null, consoles, framebuffer };
  const failed =
    (await noteHandover(host, handover)) ??
    (await bindConsoles(host, consoles, false)) ??
    (await bindBuffer(host, framebuffer, false));
  const bound: Prepared =
    failed === null ? await bindVf(context, gpu, false, vmid, UNBIND_MS) : { kind: 'gave-up', because: failed };
  if (bound.kind === 'ready') {
    log.info(`VM ${vmid}: ${gpu} was taken from ${driver ?? 'no driver'}${consoles.length > 0 ? ' and its consoles' : ''}.`);
    return READY;
  }
  await giveBack(context, vmid);
  return { kind: 'refused', because: `${gpu} could not be taken from the host: ${bound.because}` };
}

/** Mediated devices of the GPU, and whoever has its nodes in /dev/dri open. */
async function userOf(context: HookContext, gpu: string, vmid: number): Promise<string | null> {
  const { host } = context;
  const mdevs = await host.list('/sys/bus/mdev/devices');
  for (const uuid of mdevs.kind === 'content' ? mdevs.value : []) {
    const link = await host.readLink(`/sys/bus/mdev/devices/${uuid}`);
    if (link.kind === 'content' && link.value.includes(`/${gpu}/`)) return `the mediated device ${uuid}`;
  }
  const user = await findDeviceUser(context, [gpu], vmid);
  if (!user.ok) return `somebody who cannot be seen (${user.problem.message})`;
  return user.value === null ? null : user.value.who;
}
