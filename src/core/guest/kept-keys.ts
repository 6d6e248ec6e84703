// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestKind } from '../facts/guest-facts.ts';
import { keptArgs } from './kept-args.ts';

/** Settings that facts and captures keep; all others (names, notes, MACs, serials, UUIDs, disks, passwords, keys) are left out. */
const KEPT: { readonly [K in GuestKind]: ReadonlySet<string> } = {
  qemu: new Set(
    (
      'acpi agent arch args audio0 balloon bios boot cpu efidisk0 hookscript hotplug kvm lock machine memory onboot ostype parent ' +
      'runningmachine snaptime startup tags template vga vmstate'
    ).split(' '),
  ),
  lxc: new Set(
    'arch features hookscript lock memory onboot ostype parent snaptime startup tags template unprivileged'.split(' '),
  ),
};

/** Whether facts keep a setting of a guest. */
export function keptKey(kind: GuestKind, key: string): boolean {
  if (KEPT[kind].has(key)) return true;
  return kind === 'qemu' ? isNumbered(key, 'hostpci') || isNumbered(key, 'serial') : isNumbered(key, 'dev');
}

/**
 * The part of a kept value that facts hold. Disks become `present`, host devices of serial ports and of a container become `device`
 * (their paths can hold serial numbers) unless they are graphics nodes, and `args` loses what is not about passthrough.
 */
export function keptValue(key: string, value: string): string {
  if (key === 'args') return keptArgs(value);
  if (key === 'efidisk0' || key === 'vmstate') return 'present';
  if (isNumbered(key, 'serial')) return value === 'socket' ? value : 'device';
  if (isNumbered(key, 'dev')) return isGraphicsPath(value.replace(/^path=/, '')) ? value : 'device';
  return value;
}

/** Whether facts keep a raw LXC line: device rules, graphics mounts and the mapping of ids. */
export function keptLxc(key: string, value: string): boolean {
  if (key === 'lxc.idmap' || /^lxc\.cgroup2?\.devices\./.test(key)) return true;
  return key === 'lxc.mount.entry' && isGraphicsPath(value);
}

function isGraphicsPath(text: string): boolean {
  return /^\/dev\/(?:dri|vfio)(?:[/,\s]|$)/.test(text);
}

function isNumbered(key: string, name: string): boolean {
  if (!key.startsWith(name) || key.length === name.length) return false;
  for (let i = name.length; i < key.length; i++) if (key.charCodeAt(i) < 0x30 || key.charCodeAt(i) > 0x39) return false;
  return true;
}
