// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestKind } from '../facts/guest-facts.ts';
import { currentSection, pendingSection } from '../guest/config-document.ts';
import { parseCtConfig } from '../guest/ct-config.ts';
import { parseVmConfig } from '../guest/vm-config.ts';

/** The two sections of a guest's configuration that a change touches. */
export interface GuestKeys {
  readonly current: { readonly [key: string]: string };
  readonly pending: { readonly [key: string]: string };
  readonly pendingDeletes: readonly string[];
}

/** What has to be said to `qm set` or `pct set` to reach some values. */
export interface KeyChange {
  readonly set: { readonly [key: string]: string };
  readonly remove: readonly string[];
  readonly revert: readonly string[];
}

/** Reads the current and the pending section as PVE does. */
export function readGuestKeys(text: string, kind: GuestKind): GuestKeys {
  const config = kind === 'qemu' ? parseVmConfig(text) : parseCtConfig(text);
  const pending = pendingSection(config);
  return {
    current: Object.fromEntries(currentSection(config).values),
    pending: Object.fromEntries(pending?.values ?? []),
    pendingDeletes: pending?.deletes.map(({ key }) => key) ?? [],
  };
}

/** The value that a key has or will have after the next full stop and start: pending wins. Null when it is not set. */
export function effectiveValue(keys: GuestKeys, key: string): string | null {
  if (Object.hasOwn(keys.pending, key)) return keys.pending[key] ?? null;
  if (keys.pendingDeletes.includes(key)) return null;
  return Object.hasOwn(keys.current, key) ? (keys.current[key] ?? null) : null;
}

/** What is pending for a key, or undefined: a value, or null for its removal. */
export function hasPending(keys: GuestKeys, key: string): boolean {
  return Object.hasOwn(keys.pending, key) || keys.pendingDeletes.includes(key);
}

/** The change that brings some keys to some values, taking a pending change back where that is enough. */
export function changeTowards(keys: GuestKeys, targets: { readonly [key: string]: string | null }): KeyChange {
  const set: { [key: string]: string } = {};
  const remove: string[] = [];
  const revert: string[] = [];
  for (const [key, target] of Object.entries(targets)) {
    if (sameValue(key, effectiveValue(keys, key), target)) continue;
    const now = Object.hasOwn(keys.current, key) ? (keys.current[key] ?? null) : null;
    if (hasPending(keys, key) && sameValue(key, now, target)) revert.push(key);
    else if (target === null) remove.push(key);
    else set[key] = target;
  }
  return { set, remove, revert };
}

/** Whether PVE would store two values alike: tags are a sorted set (pve-common, pve-tag-list), other values are kept. */
export function sameValue(key: string, a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  if (key === 'tags') return tagSet(a) === tagSet(b);
  return a.trim() === b.trim();
}

function tagSet(value: string): string {
  return [...new Set(value.split(/[;, ]+/).filter((tag) => tag !== ''))].sort().join(';');
}
