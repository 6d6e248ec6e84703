// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest } from '../facts/guest-facts.ts';
import type { Bdf } from '../pci/address.ts';
import type { Assignment } from './assignments.ts';
import { guestName } from './guest-keys.ts';

/** The VFs that a guest names by address, now or from its next start on, and the guests' names: no pool may name them. */
export function pinnedVfs(assignments: readonly Assignment[]): ReadonlyMap<Bdf, string> {
  const pinned = new Map<Bdf, string>();
  for (const one of assignments) {
    if (one.form !== 'raw' && one.form !== 'args') continue;
    for (const bdf of one.devices) if (!pinned.has(bdf)) pinned.set(bdf, guestName(one.guest));
  }
  return pinned;
}

/** The guests that name one VF by address, each once. */
export function guestsPinning(assignments: readonly Assignment[], bdf: Bdf): readonly Guest[] {
  const guests = assignments
    .filter((one) => (one.form === 'raw' || one.form === 'args') && one.devices.includes(bdf))
    .map((one) => one.guest);
  return guests.filter((guest, at) => guests.findIndex((other) => other.vmid === guest.vmid) === at);
}
