// SPDX-License-Identifier: AGPL-3.0-or-later
import { relativeLink } from './links.ts';
import type { KernelState, SimDevice } from './state.ts';

const CONSOLES = '/sys/class/vtconsole';

/**
 * A graphics driver's frame buffer, and the console on it (kernel drivers/video/fbdev/core/fbcon.c, drivers/tty/vt/vt.c). Taken off
 * by hand, the console stays off until it is put on again, also when another frame buffer comes.
 */
export function addFrameBuffer(state: KernelState, device: SimDevice): void {
  if (device.physfn !== undefined || device.drm === undefined) return;
  const name = `fb${device.drm.card}`;
  const directory = `${device.path}/graphics/${name}`;
  state.tree.setLink(`${directory}/device`, relativeLink(directory, device.path));
  state.tree.setLink(`/sys/class/graphics/${name}`, relativeLink('/sys/class/graphics', directory));
  if (state.tree.get(`${CONSOLES}/vtcon1`) !== undefined) return;
  addConsole(state, 'vtcon0', '(S) dummy device', '0');
  addConsole(state, 'vtcon1', '(M) frame buffer device', '1');
}

/** Takes a frame buffer away; with the last one the console on it goes off. */
export function removeFrameBuffer(state: KernelState, device: SimDevice): void {
  if (device.drm === undefined) return;
  state.tree.remove(`/sys/class/graphics/fb${device.drm.card}`);
  state.tree.remove(`${device.path}/graphics`);
  const left = [...state.devices.values()].some(
    (other) => other !== device && other.drm !== undefined && other.physfn === undefined,
  );
  if (!left && state.tree.get(`${CONSOLES}/vtcon1`) !== undefined) setBound(state, 'vtcon1', '0');
}

function addConsole(state: KernelState, name: string, kind: string, bound: string): void {
  state.tree.setFile(`${CONSOLES}/${name}/name`, `${kind}\n`, { mode: 0o444 });
  setBound(state, name, bound);
}

function setBound(state: KernelState, name: string, bound: string): void {
  state.tree.setFile(`${CONSOLES}/${name}/bind`, `${bound}\n`, { mode: 0o644 });
}
