// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestFacts } from '../facts/guest-facts.ts';
import { ROM_FOLDER } from '../whole-gpu/gpu-args.ts';

/** A guest that names a ROM file, on any node of the cluster. */
export interface RomUser {
  readonly vmid: number;
  readonly node: string;
  /** Only in a snapshot: it takes the file when somebody goes back to it. */
  readonly onlySnapshot: boolean;
}

/** In `hostpciN` and in `args`, behind a comma; a name with a blank is in quotes and none that PVE takes. */
const ROMFILE = /\bromfile=([^,;\s"']+)/g;

/** Which guests name which ROM file, by the name below `/usr/share/kvm`. */
export function romUsers({ guests }: GuestFacts): ReadonlyMap<string, readonly RomUser[]> {
  const users = new Map<string, readonly RomUser[]>();
  for (const { kind, vmid, node, sections } of guests) {
    if (kind !== 'qemu') continue;
    const named = new Map<string, boolean>();
    for (const { name, snapshot, keys } of sections) {
      const isSnapshot = snapshot === true || (name !== 'current' && name !== 'pending');
      for (const [key, value] of Object.entries(keys)) {
        if (key !== 'args' && !/^hostpci\d+$/.test(key)) continue;
        for (const [, file = ''] of value.matchAll(ROMFILE)) {
          const short = file.startsWith(ROM_FOLDER) ? file.slice(ROM_FOLDER.length) : file;
          named.set(short, isSnapshot && (named.get(short) ?? true));
        }
      }
    }
    for (const [file, onlySnapshot] of named) users.set(file, [...(users.get(file) ?? []), { vmid, node, onlySnapshot }]);
  }
  return users;
}

/** `VM 101, VM 103 on node pve2`. */
export function usersText(users: readonly RomUser[], localNode: string): string {
  return users.map(({ vmid, node }) => `VM ${vmid}${node === localNode ? '' : ` on node ${node}`}`).join(', ');
}
