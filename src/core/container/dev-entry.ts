// SPDX-License-Identifier: AGPL-3.0-or-later
import { type PropertyFormat, parseBoolean, parsePropertyString } from '../guest/property-string.ts';

/** PVE counts `dev0` to `dev255` (pve-container LXC/Config.pm, MAX_DEVICES). */
export const MAX_DEVICES = 256;

/** A `devN` value of a container (pve-container LXC/Config.pm, dev_desc). */
export interface DevEntry {
  readonly path: string;
  /** Permission bits of the node in the container; PVE's own is 0660. */
  readonly mode: number;
  readonly uid: number;
  /** A group id inside the container. */
  readonly gid: number;
  readonly denyWrite: boolean;
}

const FORMAT: PropertyFormat = {
  defaultKey: 'path',
  types: { path: /^\/dev\/.+$/, mode: /^0[0-7]{3}$/, uid: 'integer', gid: 'integer', 'deny-write': 'boolean' },
};

/** Reads a value with PVE's own defaults; undefined when PVE would refuse it. */
export function parseDevEntry(value: string): DevEntry | undefined {
  const parsed = parsePropertyString(value, FORMAT);
  if (!parsed.ok) return undefined;
  const of = (key: string) => parsed.parts.find((part) => part.key === key)?.value;
  const path = of('path');
  if (path === undefined || /\/\.\.?(?:\/|$)/.test(path)) return undefined;
  return {
    path,
    mode: Number.parseInt(of('mode') ?? '0660', 8),
    uid: Number(of('uid') ?? 0),
    gid: Number(of('gid') ?? 0),
    denyWrite: parseBoolean(of('deny-write') ?? '0') === true,
  };
}

/** A node for one group, in a form that nobody writes by hand: what PVE takes as given is said all the same. */
export function printOwnEntry(path: string, gid: number): string {
  return `${path},gid=${gid},mode=0660,uid=0`;
}

/** Whether a value has the form that we write. This is how a restored or cloned container is recognised. */
export function isOwnEntry(value: string): boolean {
  return /^\/dev\/dri\/(?:card|renderD)\d+,gid=\d+,mode=0660,uid=0$/.test(value);
}

/** Whether a member of a group can use the node: by the group's rights or by everybody's. */
export function opensFor(entry: DevEntry, gid: number): boolean {
  if (entry.denyWrite) return false;
  return (entry.gid === gid && (entry.mode & 0o060) === 0o060) || (entry.mode & 0o006) === 0o006;
}
