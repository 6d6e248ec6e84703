// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestGround } from '../assign/assign-request.ts';
import { guestName } from '../assign/guest-keys.ts';
import { type Release, releaseKeys, touchedBefore } from '../assign/release-keys.ts';
import { sweepHook } from '../assign/sweep.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { Plan, Step } from '../plan/action.ts';

const KEY = 'hookscript';

/**
 * Takes our hookscript out of a guest, and its file where no other names it; the slice itself stays. For a node that loses the
 * package: a guest whose hookscript is gone would not start.
 */
export function planHookAway({ facts, ledger, digest, hook }: GuestGround, guest: Guest): Plan {
  const release = onlyHook(releaseKeys(guest, [], ledger));
  const { set, remove, revert } = release;
  const before = touchedBefore(guest, release);
  const { kind, vmid } = guest;
  const args = { kind, vmid, set, remove, revert, digest, before, release: true } as const;
  const reason = 'pveigpu is removed, and a guest does not start without its hookscript';
  const change: Step[] = Object.keys(before).length > 0 ? [{ action: 'setGuestConfig', args, reason }] : [];
  const sweep = sweepHook(facts, ledger, guest, release, hook);
  const title = `take the hookscript out of ${guestName(guest)}`;
  return { title, steps: [...change, ...sweep.steps], remarks: sweep.remarks };
}

function onlyHook({ set, remove, revert }: Release): Release {
  return {
    set: set[KEY] === undefined ? {} : { [KEY]: set[KEY] },
    remove: remove.filter((key) => key === KEY),
    revert: revert.filter((key) => key === KEY),
    leaving: [],
    changed: [],
  };
}
