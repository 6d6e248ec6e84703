// SPDX-License-Identifier: AGPL-3.0-or-later

/** The CTID of a container's process from `/proc/PID/cgroup`: a path `/lxc/105` or `/lxc.payload.105`, at any depth. */
export function ctidOfCgroup(cgroup: string): number | undefined {
  const number = /^[0-9]+:[^:\n]*:(?:\/[^\n]*)?\/lxc(?:\.payload\.|\/)([0-9]+)(?:\/|$)/m.exec(cgroup)?.[1];
  return number !== undefined && /^[1-9][0-9]{0,8}$/.test(number) ? Number(number) : undefined;
}

/** The device node of a GPU or of a VFIO device that a link of `/proc/PID/fd` leads to; undefined for anything else. */
export function devicePathOfFd(target: string): string | undefined {
  const path = target.replace(/ \(deleted\)$/, '');
  // `/dev/vfio/vfio` is the container that every VFIO user opens; it tells nothing about a device.
  return /^\/dev\/(dri\/.|vfio\/(?!vfio$).)/.test(path) ? path : undefined;
}

/** The part of `/proc/PID/cgroup` that facts rest on, for a capture: the container's path, or nothing. */
export function keptCgroup(cgroup: string): string {
  const ctid = ctidOfCgroup(cgroup);
  return ctid === undefined ? '' : `0::/lxc/${ctid}\n`;
}
