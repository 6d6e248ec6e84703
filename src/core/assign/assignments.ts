// SPDX-License-Identifier: AGPL-3.0-or-later
import { isOwnEntry } from '../container/dev-entry.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Ledger } from '../plan/ledger.ts';
import { guestKeys, nextConfig } from './guest-keys.ts';
import { DEFAULT_MDEV_POOL, DEFAULT_POOL, isOurHook, isOurPool } from './ours.ts';
import { type SliceEntry, type SliceGround, sliceEntry } from './slice-entry.ts';

/** One slice in one guest's configuration. */
export interface Assignment extends SliceEntry {
  readonly guest: Guest;
  readonly key: string;
  readonly value: string;
  /** `set`: now and at the next start; `pending`: from the next full stop and start on; `leaving`: until then. */
  readonly state: 'set' | 'pending' | 'leaving';
  /** Whether we recognise it as ours: by the ledger, by our pool, or as a VF together with our hookscript. */
  readonly ours: boolean;
}

/** The machine that assignments are read on, as far as it is known. */
export function groundOf(facts: HostFacts): SliceGround {
  const drm = ifKnown(facts.drm);
  return {
    ...(drm === undefined ? {} : { drm }),
    pci: ifKnown(facts.pci) ?? { displays: [], others: [], iommuGroups: [] },
    pools: ifKnown(facts.pools)?.pools ?? [],
    node: nodeOf(facts),
  };
}

/** This node's name. */
export function nodeOf(facts: HostFacts): string {
  return ifKnown(facts.pve)?.nodeName ?? '';
}

/** All slices in one guest, in the order of its keys. */
export function assignmentsOf(guest: Guest, ground: SliceGround, ledger: Ledger): readonly Assignment[] {
  // Most guests of a large node have nothing of the kind, and this is asked of every one.
  if (!guest.sections.some((section) => Object.keys(section.keys).some(isSliceKey))) return [];
  const hooked = isOurHook(nextConfig(guest).hookscript);
  return guestKeys(guest).flatMap((key): Assignment[] => {
    const found: Assignment[] = [];
    const add = (value: string | undefined, state: Assignment['state']) => {
      const entry = value === undefined ? undefined : sliceEntry(key.key, value, ground);
      if (value === undefined || entry === undefined) return;
      found.push({
        ...entry,
        guest,
        key: key.key,
        value,
        state,
        ours: isOurs(guest, key.key, value, entry, hooked, ground, ledger),
      });
    };
    add(key.current, key.deleted || key.pending !== undefined ? 'leaving' : 'set');
    add(key.pending, 'pending');
    return found;
  });
}

/** All slices of this node's guests. Guests of other nodes name other hardware. */
export function allAssignments(facts: HostFacts, ledger: Ledger): readonly Assignment[] {
  const ground = groundOf(facts);
  return ownGuests(facts).flatMap((guest) => assignmentsOf(guest, ground, ledger));
}

/** The guests of this node, as far as they are known. */
export function ownGuests(facts: HostFacts): readonly Guest[] {
  const node = nodeOf(facts);
  return (ifKnown(facts.guests)?.guests ?? []).filter((guest) => guest.node === node);
}

function isSliceKey(key: string): boolean {
  return key === 'args' || key.startsWith('hostpci') || key.startsWith('dev');
}

function isOurs(
  guest: Guest,
  key: string,
  value: string,
  entry: SliceEntry,
  hooked: boolean,
  ground: SliceGround,
  ledger: Ledger,
): boolean {
  const noted = ledgerKeys(ledger, guest);
  const given = noted[key]?.value;
  if (typeof given === 'string' && (given === value || sameSlice(sliceEntry(key, given, ground), entry))) return true;
  if (entry.form === 'pool' || (entry.form === 'mdev' && entry.pool !== undefined)) {
    const pool = ground.pools.find((candidate) => candidate.id === entry.pool);
    const isDefault = entry.pool === (entry.form === 'mdev' ? DEFAULT_MDEV_POOL : DEFAULT_POOL);
    return isDefault || (pool !== undefined && isOurPool(pool));
  }
  if (entry.form === 'render') return isOwnEntry(value) && Object.keys(noted).length === 0;
  // With a ledger we know what we set here, so a device that it does not name was there before us.
  return (entry.form === 'raw' || entry.form === 'pf') && hooked && Object.keys(noted).length === 0;
}

/** The user may have added an option to our entry: it still is the slice that we gave. */
function sameSlice(given: SliceEntry | undefined, entry: SliceEntry): boolean {
  return (
    given?.form === entry.form &&
    given.pool === entry.pool &&
    given.path === entry.path &&
    given.devices.join() === entry.devices.join()
  );
}

/** What the ledger says of a guest's keys. */
export function ledgerKeys(ledger: Ledger, guest: Guest): Ledger['guests'][string]['keys'] {
  const id = String(guest.vmid);
  return Object.hasOwn(ledger.guests, id) ? (ledger.guests[id]?.keys ?? {}) : {};
}
