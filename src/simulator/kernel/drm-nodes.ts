// SPDX-License-Identifier: AGPL-3.0-or-later
import { addFrameBuffer, removeFrameBuffer } from './consoles.ts';
import { relativeLink } from './links.ts';
import type { KernelState, SimDevice } from './state.ts';

/** Character major of DRM; render nodes start at minor 128 (kernel drivers/gpu/drm/drm_drv.c). */
const DRM_MAJOR = 226;
const FIRST_RENDER = 128;
/** Group ids of `video` and `render` on Debian trixie; `render` is given out at install. */
const VIDEO_GID = 44;
const RENDER_GID = 993;

/** Registers a graphics function with DRM: `/sys/class/drm`, `/dev/dri` and the by-path links that udev makes. */
export function addDrm(state: KernelState, device: SimDevice, driverText: string): void {
  const taken = new Set([...state.devices.values()].map((other) => other.drm?.card));
  let card = 0;
  while (taken.has(card)) card += 1;
  device.drm = { card, render: FIRST_RENDER + card };
  addNode(state, device, `card${card}`, card, VIDEO_GID, 'card');
  addNode(state, device, `renderD${FIRST_RENDER + card}`, FIRST_RENDER + card, RENDER_GID, 'render');
  for (const [name, status] of Object.entries(connectorsOf(device))) {
    const directory = `${device.path}/drm/card${card}/card${card}-${name}`;
    state.tree.setFile(`${directory}/status`, `${status}\n`, { mode: 0o644 });
    state.tree.setFile(`${directory}/enabled`, status === 'connected' ? 'enabled\n' : 'disabled\n', { mode: 0o444 });
    state.tree.setLink(`/sys/class/drm/card${card}-${name}`, relativeLink('/sys/class/drm', directory));
    state.tree.setLink(`${directory}/device`, relativeLink(directory, `${device.path}/drm/card${card}`));
  }
  addFrameBuffer(state, device);
  state.log(`[drm] Initialized ${driverText} for ${device.bdf} on minor ${card}`);
}

/** Takes the DRM nodes of a function away. */
export function removeDrm(state: KernelState, device: SimDevice): void {
  if (device.drm === undefined) return;
  removeFrameBuffer(state, device);
  const names = [`card${device.drm.card}`, `renderD${device.drm.render}`];
  for (const name of names) {
    state.tree.remove(`/dev/dri/${name}`);
    state.tree.remove(`/sys/class/drm/${name}`);
  }
  for (const name of Object.keys(connectorsOf(device))) state.tree.remove(`/sys/class/drm/${names[0]}-${name}`);
  for (const kind of ['card', 'render']) state.tree.remove(`/dev/dri/by-path/pci-${device.bdf}-${kind}`);
  state.tree.remove(`${device.path}/drm`);
  delete device.drm;
}

function addNode(state: KernelState, device: SimDevice, name: string, minor: number, gid: number, kind: string): void {
  const directory = `${device.path}/drm/${name}`;
  state.tree.setFile(`${directory}/dev`, `${DRM_MAJOR}:${minor}\n`, { mode: 0o444 });
  state.tree.setLink(`${directory}/device`, relativeLink(directory, device.path));
  state.tree.setLink(`/sys/class/drm/${name}`, relativeLink('/sys/class/drm', directory));
  state.tree.set(`/dev/dri/${name}`, { kind: 'device', type: 'char', major: DRM_MAJOR, minor, mode: 0o660, uid: 0, gid });
  state.tree.setLink(`/dev/dri/by-path/pci-${device.bdf}-${kind}`, `../${name}`);
}

/** VFs drive no display. */
function connectorsOf(device: SimDevice): { readonly [name: string]: string } {
  return device.physfn === undefined ? (device.profile.connectors ?? {}) : {};
}
