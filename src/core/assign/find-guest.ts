// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { ok, problem, type Result } from '../problem.ts';
import { nodeOf, ownGuests } from './assignments.ts';
import { guestName, nextConfig } from './guest-keys.ts';

/** A guest of this node, or a sentence that says where it is and why it is out of reach. */
export function findGuest(facts: HostFacts, vmid: number): Result<Guest> {
  const guest = ownGuests(facts).find((one) => one.vmid === vmid);
  if (guest !== undefined) return ok(guest);
  const unreadable = ifKnown(facts.guests)?.unreadable.find((one) => one.vmid === vmid);
  if (unreadable !== undefined)
    return problem('guest.config', `The configuration of ${guestName(unreadable)} cannot be read: ${unreadable.reason}.`, {
      hint: 'Nothing is changed blindly; make it readable first.',
    });
  const vmlist = ifKnown(facts.pve)?.vmlist;
  const listed = vmlist?.state === 'known' ? vmlist.value.find((one) => one.vmid === vmid) : undefined;
  const elsewhere = listed ?? (ifKnown(facts.guests)?.guests ?? []).find((one) => one.vmid === vmid);
  if (elsewhere !== undefined && elsewhere.node !== nodeOf(facts))
    return problem('guest.unknown', `${guestName(elsewhere)} is on node ${elsewhere.node}, not on ${nodeOf(facts)}.`, {
      hint: `Run this on ${elsewhere.node}; only a guest's own node can change it.`,
    });
  return problem('guest.unknown', `There is no guest ${vmid} on ${nodeOf(facts)}.`, { hint: 'See qm list and pct list.' });
}

/** What keeps every change away from a guest: PVE's own lock. */
export function unlockedGuest(guest: Guest): Result<Guest> {
  const lock = nextConfig(guest).lock;
  if (lock === undefined) return ok(guest);
  const wait = lock === 'suspended' ? 'Resume it and shut it down first.' : `Wait until it is done, or: qm unlock ${guest.vmid}`;
  return problem('guest.locked', `${guestName(guest)} is locked (${lock}).`, { hint: wait });
}
