// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Host } from '../../ports/host.ts';
import { writeAttribute } from '../engine/sysfs-attribute.ts';
import { pollUntil } from '../engine/sysfs-check.ts';
import type { HookContext } from './hook-context.ts';

const CONSOLES = '/sys/class/vtconsole';
const BUFFERS = '/sys/class/graphics';
const PLATFORM = '/sys/bus/platform/drivers';
const POKE_MS = 2000;
/** How long a graphics driver may look for displays after its nodes are there. */
const DISPLAY_MS = 5000;

/** The consoles that draw on a frame buffer of this GPU now (kernel drivers/tty/vt/vt.c). None when it has no frame buffer. */
export async function consolesOn(host: Host, gpu: string): Promise<readonly string[]> {
  if (!(await hasBuffer(host, gpu))) return [];
  const names = await host.list(CONSOLES);
  const found: string[] = [];
  for (const name of names.kind === 'content' ? names.value : []) {
    const [kind, bind] = [await host.read(`${CONSOLES}/${name}/name`), await host.read(`${CONSOLES}/${name}/bind`)];
    const draws = kind.kind === 'content' && kind.value.includes('frame buffer');
    if (draws && bind.kind === 'content' && bind.value.trim() === '1') found.push(name);
  }
  return found;
}

/** Takes consoles off their device; says what went wrong, or null. One that is gone with its frame buffer is off. */
export async function detachConsoles(host: Host, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    if (await isGone(host, name)) continue;
    const written = await writeAttribute(host, `${CONSOLES}/${name}/bind`, '0', POKE_MS);
    // A late write of a killed run may take the driver, and with it the console, right now.
    if (!written.ok && !(await isGone(host, name))) return written.problem.message;
  }
  return null;
}

async function isGone(host: Host, name: string): Promise<boolean> {
  return (await host.stat(`${CONSOLES}/${name}`)).kind === 'absent';
}

/**
 * Puts consoles on their device again; says what went wrong, or null. The kernel has taken one away with its last frame buffer, and the
 * driver makes that anew only when it finds a display (drivers/video/fbdev/core/fbcon.c): one that does not come is told, and is no fault.
 */
export async function attachConsoles(context: HookContext, names: readonly string[]): Promise<string | null> {
  for (const name of names) {
    const bind = `${CONSOLES}/${name}/bind`;
    if (!(await pollUntil(context, { kind: 'exists', path: bind }, DISPLAY_MS))) {
      context.log.info(`The console ${name} did not come back, as without a display.`);
      continue;
    }
    const written = await writeAttribute(context.host, bind, '1', POKE_MS);
    if (!written.ok) return written.problem.message;
  }
  return null;
}

/** The firmware's frame buffer, which keeps windows of the primary display on kernels that do not take it off themselves. */
export async function firmwareBuffer(host: Host, gpu: string): Promise<readonly [string, string] | null> {
  const primary = await host.read(`/sys/bus/pci/devices/${gpu}/boot_vga`);
  if (primary.kind !== 'content' || primary.value.trim() !== '1') return null;
  for (const driver of ['efi-framebuffer', 'simple-framebuffer', 'vesa-framebuffer']) {
    const names = await host.list(`${PLATFORM}/${driver}`);
    const device = names.kind === 'content' ? names.value.find((name) => name.startsWith(`${driver}.`)) : undefined;
    if (device !== undefined) return [driver, device];
  }
  return null;
}

/** Binds or unbinds the firmware's frame buffer; says what went wrong, or null. */
export async function bindBuffer(host: Host, buffer: readonly [string, string] | null, bound: boolean): Promise<string | null> {
  if (buffer === null) return null;
  const [driver, device] = buffer;
  const written = await writeAttribute(host, `${PLATFORM}/${driver}/${bound ? 'bind' : 'unbind'}`, device, POKE_MS);
  return written.ok ? null : written.problem.message;
}

async function hasBuffer(host: Host, gpu: string): Promise<boolean> {
  const buffers = await host.list(BUFFERS);
  for (const name of buffers.kind === 'content' ? buffers.value.filter((one) => /^fb\d+$/.test(one)) : []) {
    const link = await host.readLink(`${BUFFERS}/${name}`);
    if (link.kind === 'content' && link.value.includes(`/${gpu}/`)) return true;
  }
  return false;
}
