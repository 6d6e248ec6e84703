// SPDX-License-Identifier: AGPL-3.0-or-later
import { guestName } from '../assign/guest-keys.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { hostpciValue, parseHostpci } from '../guest/hostpci.ts';

/** A place in a guest's file that names something: its configuration, what waits, or a snapshot. */
export interface GuestUse {
  readonly guest: Guest;
  readonly section: Guest['sections'][number];
  readonly key: string;
  /** For messages: `VM 101`, or `snapshot "before" of VM 101`. */
  readonly name: string;
}

/** Every place in the cluster's guests where a key's value matches, snapshots included: a rollback brings those back. */
export function guestUses(facts: HostFacts, matches: (key: string, value: string) => boolean): readonly GuestUse[] {
  return (ifKnown(facts.guests)?.guests ?? []).flatMap((guest) =>
    guest.sections.flatMap((section) =>
      Object.entries(section.keys).flatMap(([key, value]): GuestUse[] => {
        if (!matches(key, value) || isOver(guest, section, key)) return [];
        const name = section.snapshot === true ? `snapshot "${section.name}" of ${guestName(guest)}` : guestName(guest);
        return [{ guest, section, key, name }];
      }),
    ),
  );
}

/** A stopped guest never sees again what waits to go from its configuration: PVE applies that before the next start. */
function isOver(guest: Guest, section: Guest['sections'][number], key: string): boolean {
  if (section.name !== 'current' || section.snapshot === true) return false;
  if (guest.running.state !== 'known' || guest.running.value) return false;
  const pending = guest.sections.find(({ name, snapshot }) => name === 'pending' && snapshot !== true);
  return pending !== undefined && (Object.hasOwn(pending.keys, key) || (pending.deletes ?? []).includes(key));
}

/** Every place in the cluster's guests that names a pool. */
export function poolUses(facts: HostFacts, pool: string): readonly GuestUse[] {
  return guestUses(facts, (key, value) => mappingOf(key, value) === pool);
}

/**
 * The guests of the cluster whose configuration is not known here, as a clause, or undefined when all are known. Nothing
 * that they might use may be removed.
 */
export function unknownGuests(facts: HostFacts): string | undefined {
  if (facts.guests.state !== 'known') return facts.guests.state === 'unknown' ? facts.guests.reason : 'the guests were not read';
  const { guests, unreadable } = facts.guests.value;
  const [first] = unreadable;
  if (first !== undefined) return `${unreadName(first)} cannot be read: ${first.reason}`;
  const pve = ifKnown(facts.pve);
  if (pve?.vmlist.state === 'unknown') return `the list of guests cannot be read: ${pve.vmlist.reason}`;
  const missing = (pve?.vmlist.state === 'known' ? pve.vmlist.value : []).find(
    (listed) => !guests.some((guest) => guest.vmid === listed.vmid),
  );
  return missing === undefined ? undefined : `the configuration of ${guestName(missing)} on ${missing.node} was not read`;
}

/** For messages: one guest's configuration, or, where a whole folder could not be listed, that of some guests. */
export function unreadName(unread: { readonly vmid: number; readonly kind: Guest['kind'] }): string {
  return unread.vmid === 0 ? 'the configuration of some guests' : `the configuration of ${guestName(unread)}`;
}

function mappingOf(key: string, value: string): string | undefined {
  if (!/^hostpci\d+$/.test(key)) return undefined;
  const parsed = parseHostpci(value);
  return parsed.ok ? hostpciValue(parsed.value, 'mapping') : undefined;
}
