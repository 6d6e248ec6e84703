// SPDX-License-Identifier: AGPL-3.0-or-later
import { relativeLink } from './links.ts';
import type { KernelState, SimDevice } from './state.ts';

const CONSOLES = '/sys/class/vtconsole';
const DUMMY = 'vtcon0';
const BUFFER = 'vtcon1';

/**
 * A graphics driver's frame buffer, which it makes when a display is connected (kernel drivers/gpu/drm/drm_fb_helper.c), and the console on it.
 * That comes with the first frame buffer and goes with the last, and is put on the primary one whenever that comes; what draws nowhere is
 * the dummy's (drivers/video/fbdev/core/fbcon.c, drivers/tty/vt/vt.c).
 */
export function addFrameBuffer(state: KernelState, device: SimDevice): void {
  if (device.physfn !== undefined || device.drm === undefined) return;
  const connectors = Object.values(device.profile.connectors ?? {});
  if (connectors.length > 0 && !connectors.includes('connected')) return;
  const name = `fb${device.drm.card}`;
  const directory = `${device.path}/graphics/${name}`;
  state.tree.setLink(`${directory}/device`, relativeLink(directory, device.path));
  state.tree.setLink(`/sys/class/graphics/${name}`, relativeLink('/sys/class/graphics', directory));
  addConsole(state, DUMMY, '(S) dummy device');
  addConsole(state, BUFFER, '(M) frame buffer device');
  bindBuffer(state, true);
}

/** Takes a frame buffer away; with the last one the console on it is gone. */
export function removeFrameBuffer(state: KernelState, device: SimDevice): void {
  if (device.drm === undefined) return;
  state.tree.remove(`/sys/class/graphics/fb${device.drm.card}`);
  state.tree.remove(`${device.path}/graphics`);
  const left = [...state.devices.values()].some(
    (other) => other !== device && other.drm !== undefined && other.physfn === undefined,
  );
  if (left || state.tree.get(`${CONSOLES}/${BUFFER}`) === undefined) return;
  bindBuffer(state, false);
  state.tree.remove(`${CONSOLES}/${BUFFER}`);
}

/** A write to `bind` of a console, which never fails; nobody takes the built-in dummy away. Undefined for another path. */
export function writeConsole(state: KernelState, path: string, value: string): 'ok' | undefined {
  const name = /^\/sys\/class\/vtconsole\/(vtcon\d+)\/bind$/.exec(path)?.[1];
  if (name === BUFFER) bindBuffer(state, Number.parseInt(value, 10) > 0);
  return name === undefined ? undefined : 'ok';
}

function addConsole(state: KernelState, name: string, kind: string): void {
  state.tree.setFile(`${CONSOLES}/${name}/name`, `${kind}\n`, { mode: 0o444 });
}

/** One of the two has the consoles. */
function bindBuffer(state: KernelState, bound: boolean): void {
  state.tree.setFile(`${CONSOLES}/${BUFFER}/bind`, bound ? '1\n' : '0\n', { mode: 0o644 });
  state.tree.setFile(`${CONSOLES}/${DUMMY}/bind`, bound ? '0\n' : '1\n', { mode: 0o644 });
}
