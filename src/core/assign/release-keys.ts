// SPDX-License-Identifier: AGPL-3.0-or-later
import { withoutOwnTables } from '../acpi/table-options.ts';
import type { Guest } from '../facts/guest-facts.ts';
import { withoutDeviceWords } from '../guest/device-words.ts';
import type { Ledger } from '../plan/ledger.ts';
import { type Assignment, ledgerKeys } from './assignments.ts';
import { type GuestKey, guestKeys, nextConfig, nextValue } from './guest-keys.ts';
import { isOurHook } from './ours.ts';

/** What giving a guest back its own configuration takes. */
export interface Release {
  readonly set: { readonly [key: string]: string };
  readonly remove: readonly string[];
  readonly revert: readonly string[];
  /** Keys of ours that go by themselves at the next full stop. */
  readonly leaving: readonly string[];
  /** Keys that we set and somebody changed since: they stay. */
  readonly changed: readonly string[];
}

/**
 * Which of a guest's keys are ours to take back, and how: a value that only waits is reverted, a value that we replaced
 * comes back from the ledger, everything else is deleted. `mine` are the assignments to take.
 */
export function releaseKeys(guest: Guest, mine: readonly Assignment[], ledger: Ledger): Release {
  const noted = ledgerKeys(ledger, guest);
  const release = { set: {} as { [key: string]: string }, remove: [] as string[], revert: [] as string[] };
  const leaving: string[] = [];
  const changed: string[] = [];
  for (const key of guestKeys(guest)) {
    const own = ownership(key, mine, noted[key.key]?.value);
    if (own === 'leaving') leaving.push(key.key);
    if (own === 'changed') changed.push(key.key);
    if (own === 'pending') release.revert.push(key.key);
    if (own !== 'ours') continue;
    const before = noted[key.key]?.before;
    if (typeof before === 'string') release.set[key.key] = before;
    else release.remove.push(key.key);
  }
  const words = restOfArgs(guest, [...release.remove, ...release.revert], noted);
  const isSettled = 'args' in release.set || release.remove.includes('args') || release.revert.includes('args');
  if (words === undefined || isSettled) return { ...release, leaving, changed };
  if (words === '') release.remove.push('args');
  else release.set.args = words;
  return { ...release, leaving, changed: changed.filter((key) => key !== 'args') };
}

/**
 * What is left of `args` when the words about devices that go are taken out of it; undefined when there are none. Where the ledger says that
 * we left `args` alone, so do we now; without a ledger only words that we would have set are ours.
 */
function restOfArgs(guest: Guest, going: readonly string[], noted: ReturnType<typeof ledgerKeys>): string | undefined {
  const args = nextConfig(guest).args;
  const isNoted = Object.hasOwn(noted, 'args');
  if (args === undefined) return undefined;
  // The path of a table of ours says by itself whose it is.
  const isLeft = !isNoted && Object.keys(noted).length > 0;
  const rest = withoutOwnTables(isLeft ? args : withoutDeviceWords(args, going, !isNoted));
  return rest === args ? undefined : rest;
}

/** The keys whose value changes, with their value as the next start would see it. */
export function touchedBefore(guest: Guest, release: Release): { readonly [key: string]: string | null } {
  const touched = [...Object.keys(release.set), ...release.remove, ...release.revert];
  const keys = guestKeys(guest);
  return Object.fromEntries(touched.map((name) => [name, nextValue(keys.find(({ key }) => key === name)) ?? null]));
}

type Ownership = 'ours' | 'pending' | 'leaving' | 'changed' | 'not ours';

function ownership(key: GuestKey, mine: readonly Assignment[], given: string | null | undefined): Ownership {
  const isMine = (value: string | undefined) => value !== undefined && isOurs(key.key, value, mine, given);
  if (isMine(key.current)) {
    if (key.deleted) return 'leaving';
    return key.pending === undefined || isMine(key.pending) ? 'ours' : 'changed';
  }
  if (isMine(key.pending)) return 'pending';
  return typeof given === 'string' ? 'changed' : 'not ours';
}

function isOurs(key: string, value: string, mine: readonly Assignment[], given: string | null | undefined): boolean {
  if (key === 'hookscript') return isOurHook(value);
  return value === given || mine.some((one) => one.key === key && one.value === value);
}
