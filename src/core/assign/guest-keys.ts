// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest } from '../facts/guest-facts.ts';

/** One key of a guest: what runs or ran last, and what waits for the next full stop and start. */
export interface GuestKey {
  readonly key: string;
  readonly current?: string;
  readonly pending?: string;
  /** True when `[PENDING]` deletes it. */
  readonly deleted: boolean;
}

/** All keys of a guest's configuration and of its `[PENDING]` section, in file order. */
export function guestKeys(guest: Guest): readonly GuestKey[] {
  const current = guest.sections.find((section) => section.name === 'current' && section.snapshot !== true);
  const pending = guest.sections.find((section) => section.name === 'pending' && section.snapshot !== true);
  const names = new Set([...Object.keys(current?.keys ?? {}), ...Object.keys(pending?.keys ?? {})]);
  return [...names].map((key) => {
    const now = current?.keys[key];
    const next = pending?.keys[key];
    return {
      key,
      ...(now === undefined ? {} : { current: now }),
      ...(next === undefined ? {} : { pending: next }),
      deleted: pending?.deletes?.includes(key) ?? false,
    };
  });
}

/** The value that the next start will see, or undefined. */
export function nextValue(key: GuestKey | undefined): string | undefined {
  if (key === undefined) return undefined;
  return key.pending ?? (key.deleted ? undefined : key.current);
}

/** The configuration that the next start will see. */
export function nextConfig(guest: Guest): { readonly [key: string]: string } {
  const entries = guestKeys(guest).map((key) => [key.key, nextValue(key)] as const);
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== undefined));
}

/** The snapshots of a guest. */
export function snapshots(guest: Guest): Guest['sections'] {
  return guest.sections.filter((section) => section.snapshot === true);
}

/** Reads a yes/no value as PVE does (PVE JSONSchema.pm, parse_boolean). */
export function isOn(value: string | undefined): boolean {
  return value !== undefined && /^(1|on|yes|true)$/i.test(value.trim());
}

/** For messages: `VM 101` or `container 105`. */
export function guestName(guest: Pick<Guest, 'kind' | 'vmid'>): string {
  return `${guest.kind === 'qemu' ? 'VM' : 'container'} ${guest.vmid}`;
}
