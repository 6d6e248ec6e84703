// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest } from '../facts/guest-facts.ts';
import { MAX_HOSTPCI } from '../guest/hostpci.ts';
import type { Step } from '../plan/action.ts';
import { ok, problem, type Result } from '../problem.ts';
import type { GuestGround } from './assign-request.ts';
import { guestKeys, guestName, nextConfig } from './guest-keys.ts';

/** The step that gives a guest new values for some keys, `nodes` saying whose those are that name a node; none when there are none. */
export function changeGuest(
  { digest }: Pick<GuestGround, 'digest'>,
  guest: Guest,
  set: { readonly [key: string]: string },
  reason: string,
  remove: readonly string[] = [],
  nodes: { readonly [key: string]: string } = {},
): readonly Step[] {
  const touched = [...Object.keys(set), ...remove];
  if (touched.length === 0) return [];
  const config = nextConfig(guest);
  const before = Object.fromEntries(touched.map((key) => [key, config[key] ?? null]));
  const { kind, vmid } = guest;
  const args = { kind, vmid, set, remove, revert: [], digest, before, ...(Object.keys(nodes).length === 0 ? {} : { nodes }) };
  return [{ action: 'setGuestConfig', args, reason }];
}

/** The first `hostpciN` that no value, present or pending, has taken. */
export function freeHostpci(guest: Guest): Result<string> {
  const taken = new Set(guestKeys(guest).map(({ key }) => key));
  const keys = Array.from({ length: MAX_HOSTPCI }, (_, index) => `hostpci${index}`);
  const free = keys.find((key) => !taken.has(key));
  if (free !== undefined) return ok(free);
  return problem('guest.config', `${guestName(guest)} has no free hostpci entry: all ${MAX_HOSTPCI} are taken.`, {
    hint: 'Remove one that it does not need.',
  });
}
