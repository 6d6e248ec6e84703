// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest } from '../facts/guest-facts.ts';

/** Raw LXC lines that share `/dev/dri`, as the guides write them. */
export interface HandLines {
  /** `lxc.mount.entry` of `/dev/dri` or one of its nodes. */
  readonly mounts: readonly string[];
  /** `lxc.cgroup2.devices.allow` for DRM. */
  readonly rules: readonly string[];
  /** `lxc.idmap` lines: they decide who owns the container's files, so they are never touched. */
  readonly hasIdMap: boolean;
}

/** The raw key that mounts something into a container. */
export const MOUNT_KEY = 'lxc.mount.entry';

/** DRM's character major (kernel include/drm/drm_device.h, Documentation/admin-guide/devices.txt). */
const DRM_RULE = /^c\s+226:(?:\d+|\*)\s+[rwm]+$/;

/** The lines of a container's current section that have to do with `/dev/dri`. */
export function handLines(guest: Guest): HandLines {
  const current = guest.sections.find(({ name, snapshot }) => name === 'current' && snapshot !== true);
  const lines = current?.lxc ?? [];
  const print = (wanted: (key: string, value: string) => boolean) =>
    lines.filter(({ key, value }) => wanted(key, value)).map(({ key, value }) => `${key}: ${value}`);
  return { mounts: print(isMount), rules: print(isRule), hasIdMap: lines.some(({ key }) => key === 'lxc.idmap') };
}

/** Whether a raw line mounts `/dev/dri` or one of its nodes. */
export function isMount(key: string, value: string): boolean {
  return key === MOUNT_KEY && /^\/dev\/dri(?:\/|\s)/.test(value);
}

/** Whether a raw line allows DRM's devices. */
export function isRule(key: string, value: string): boolean {
  return /^lxc\.cgroup2?\.devices\.allow$/.test(key) && DRM_RULE.test(value);
}
