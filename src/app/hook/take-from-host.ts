// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Host } from '../../ports/host.ts';
import { findDeviceUser } from '../engine/device-users.ts';
import { bindVf } from './bind-vf.ts';
import { giveBack } from './give-back.ts';
import { type Handover, isHandedOver, noteHandover, readHandover, type Sound } from './handover-record.ts';
import type { HookContext, Prepared } from './hook-context.ts';
import { READY } from './hook-context.ts';
import { bindBuffer, consolesOn, detachConsoles, firmwareBuffer } from './host-consoles.ts';
import { linkName } from './pci-look.ts';

/** A graphics driver lets go of its displays first, which may take seconds. Within the hook's own 30 s. */
const UNBIND_MS = 10_000;

/**
 * Takes the whole GPU from the host for a guest that was given it by hand-over, and the sound functions `audio` that the guest has too;
 * another guest's start is only let through while nobody on the host uses the GPU. Called with `device.lock` held and when no VF exists.
 */
export async function takeFromHost(context: HookContext, gpu: string, vmid: number, audio: readonly string[]): Promise<Prepared> {
  const { host, log } = context;
  const before = await readHandover(host, gpu);
  const driver = await linkName(host, gpu, 'driver');
  if (driver === 'vfio-pci') {
    if (before === null) return READY;
    // The start that took it failed, and PVE calls no post-stop for that: who has it now gives it back.
    if (before.vmid !== vmid) await noteHandover(host, { ...before, vmid });
    // A run that was killed may have left the sound with the host.
    const taken = await takeAll(context, { ...before, vmid, sounds: before.sounds.filter(({ bdf }) => audio.includes(bdf)) });
    return taken.kind === 'ready' ? READY : { kind: 'refused', because: `its sound could not be taken: ${taken.because}` };
  }
  const user = await userOf(context, gpu, vmid);
  if (user !== null) return { kind: 'refused', because: `${gpu} is in use on the host by ${user}` };
  if (!(await isHandedOver(host, vmid, gpu))) return READY;
  const consoles = before?.consoles ?? (await consolesOn(host, gpu));
  const framebuffer = before?.framebuffer ?? (await firmwareBuffer(host, gpu));
  const noted = before?.sounds ?? [];
  const sounds = [...noted, ...(await soundsOnHost(host, audio)).filter(({ bdf }) => !noted.some((sound) => sound.bdf === bdf))];
  const handover: Handover = { gpu, vmid, driver: driver ?? before?.driver ?? null, consoles, framebuffer, sounds };
  const failed =
    (await noteHandover(host, handover)) ??
    (await detachConsoles(host, consoles)) ??
    (await bindBuffer(host, framebuffer, false));
  const bound: Prepared = failed === null ? await takeAll(context, handover) : { kind: 'gave-up', because: failed };
  if (bound.kind === 'ready') {
    log.info(`VM ${vmid}: ${gpu} was taken from ${driver ?? 'no driver'}${consoles.length > 0 ? ' and its consoles' : ''}.`);
    return READY;
  }
  await giveBack(context, vmid);
  return { kind: 'refused', because: `${gpu} could not be taken from the host: ${bound.because}` };
}

/** By override: PVE would write `new_id`, and vfio-pci would take every function with that id later on. */
async function takeAll(context: HookContext, { gpu, vmid, sounds }: Handover): Promise<Prepared> {
  for (const bdf of [gpu, ...sounds.map((sound) => sound.bdf)]) {
    const bound = await bindVf(context, bdf, { keepsDriver: false }, vmid, UNBIND_MS);
    if (bound.kind !== 'ready') return bound;
  }
  return READY;
}

/** The sound functions that a driver of the host has. */
async function soundsOnHost(host: Host, audio: readonly string[]): Promise<readonly Sound[]> {
  const found: Sound[] = [];
  for (const bdf of audio) {
    const driver = await linkName(host, bdf, 'driver');
    if (driver !== null && driver !== 'vfio-pci') found.push({ bdf, driver });
  }
  return found;
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
