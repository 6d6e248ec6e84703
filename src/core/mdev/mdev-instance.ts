// SPDX-License-Identifier: AGPL-3.0-or-later
import { ownGuests } from '../assign/assignments.ts';
import { guestKeys, guestName, nextConfig } from '../assign/guest-keys.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Bdf } from '../pci/address.ts';
import { unknownGuests } from '../pool/pool-users.ts';
import { mdevTypeOf } from './mdev-entries.ts';
import { ownerOfMdev } from './mdev-uuid.ts';

/** A mediated device as sysfs has it. */
export interface MdevFound {
  readonly uuid: string;
  readonly gpu: Bdf;
  /** Null when it is being taken away: the kernel waits until it is closed. */
  readonly type: string | null;
  /** The device nodes by which it can be open; none when they are not known. */
  readonly nodes: readonly string[];
  /** Whether mdevctl makes it at boot. */
  readonly byMdevctl: boolean;
}

/**
 * How a mediated device stands: `used`, a process has it open; `kept`, a guest or mdevctl wants it; `leftover`, nobody does; `foreign`, somebody else
 * than PVE made it and nobody has it open; `leaving`, its removal waits for who has it open; `unclear`, not enough can be read.
 */
export type MdevState = 'used' | 'kept' | 'leftover' | 'foreign' | 'leaving' | 'unclear';

/** A mediated device with who uses it and what may be done with it. */
export interface MdevInstance extends MdevFound {
  /** The guest that PVE made it for, null when it was not made by PVE. */
  readonly vmid: number | null;
  /** Who has it open: `VM 101`, `qemu (pid 812)`. */
  readonly users: readonly string[];
  readonly state: MdevState;
  /** A clause that says why: `there is no VM 101 on this node`. */
  readonly because: string;
}

/** Looks at each mediated device: who has it open first, since taking an open one away hangs in the kernel, then who wants it. */
export function mdevInstances(facts: HostFacts, found: readonly MdevFound[]): readonly MdevInstance[] {
  return found.map((one) => {
    const users = usersOf(facts, one.nodes);
    const owner = ownerOfMdev(one.uuid);
    return { ...one, vmid: owner?.vmid ?? null, users, ...stateOf(facts, one, users) };
  });
}

type Stands = Pick<MdevInstance, 'state' | 'because'>;

function stateOf(facts: HostFacts, one: MdevFound, users: readonly string[]): Stands {
  if (one.type === null) {
    const who = users.length > 0 ? users.join(', ') : 'who has it open';
    return { state: 'leaving', because: `it goes away when ${who} closes it` };
  }
  if (users.length > 0) return { state: 'used', because: `${users.join(', ')} has it open` };
  const doubt = doubtOf(facts, one);
  if (doubt !== undefined) return { state: 'unclear', because: doubt };
  const named = ownGuests(facts).find((guest) => namesByArgs(guest, one.uuid));
  if (named !== undefined) return { state: 'kept', because: `${guestName(named)} names it in its args` };
  if (one.byMdevctl) return { state: 'kept', because: 'mdevctl makes it at boot' };
  return wantedBy(facts, one);
}

function doubtOf(facts: HostFacts, { nodes }: MdevFound): string | undefined {
  const holders = ifKnown(facts.holders);
  if (nodes.length === 0) return 'its device node is not known, so nobody can tell whether it is open';
  if (holders === undefined) return 'what processes have open could not be read';
  if (holders.unreadableProcesses > 0) return `what ${holders.unreadableProcesses} processes have open could not be read`;
  return unknownGuests(facts);
}

function wantedBy(facts: HostFacts, { uuid, type }: MdevFound): Stands {
  const owner = ownerOfMdev(uuid);
  if (owner === undefined) return { state: 'foreign', because: 'its UUID is not one that Proxmox gives' };
  const guest = ownGuests(facts).find(({ vmid, kind }) => vmid === owner.vmid && kind === 'qemu');
  if (guest === undefined) return { state: 'leftover', because: `there is no VM ${owner.vmid} on this node` };
  const key = guestKeys(guest).find((one) => one.key === `hostpci${owner.index}`);
  const wanted = [key?.current, key?.pending].flatMap((value) => (value === undefined ? [] : (mdevTypeOf(value) ?? [])));
  const name = guestName(guest);
  if (wanted.length === 0) return { state: 'leftover', because: `${name} has no mediated device hostpci${owner.index}` };
  // PVE takes over a device of the right type, and refuses to start with one of another (PCI/Mdev.pm).
  const isUp = guest.running.state !== 'known' || guest.running.value;
  if (isUp || wanted.includes(type ?? '')) return { state: 'kept', because: `${name} is set to use it` };
  return { state: 'leftover', because: `${name} is set to use ${wanted.join(' or ')}, and does not start while this one exists` };
}

function namesByArgs(guest: Guest, uuid: string): boolean {
  return nextConfig(guest).args?.toLowerCase().includes(uuid) ?? false;
}

function usersOf(facts: HostFacts, nodes: readonly string[]): readonly string[] {
  const holders = (ifKnown(facts.holders)?.holders ?? []).filter(({ paths }) => paths.some((path) => nodes.includes(path)));
  return [...new Set(holders.map(({ vmid, command, pid }) => (vmid === undefined ? `${command} (pid ${pid})` : `VM ${vmid}`)))];
}
