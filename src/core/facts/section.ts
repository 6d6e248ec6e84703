// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * One part of what is known of a machine. "Absent" and "unreadable" are different answers, and both differ from "we did
 * not look": a plan that could take something from a guest needs a `known` section.
 */
export type Section<T> =
  | { readonly state: 'known'; readonly value: T }
  | { readonly state: 'unknown'; readonly reason: string }
  | { readonly state: 'not-sensed' };

/** Something that was read, found absent, or could not be read. Used inside sections where the difference matters. */
export type Reading<T> =
  | { readonly state: 'known'; readonly value: T }
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly reason: string };

export function known<T>(value: T): { readonly state: 'known'; readonly value: T } {
  return { state: 'known', value };
}

export function unknown(reason: string): { readonly state: 'unknown'; readonly reason: string } {
  return { state: 'unknown', reason };
}

/** The value of a known section or reading, else undefined. */
export function ifKnown<T>(section: Section<T> | Reading<T>): T | undefined {
  return section.state === 'known' ? section.value : undefined;
}
