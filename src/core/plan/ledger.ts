// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestKind, Pool } from '../facts/guest-facts.ts';
import type { FileImage } from './action.ts';
import type { FileEdit } from './file-edit.ts';
import { mergeEdits } from './merge-edits.ts';

/** One file that we changed: how it was before us, and the SHA-1 of what we left there (null: we removed it). */
export interface LedgerFile {
  readonly pristine: FileImage;
  readonly wroteSha1: string | null;
  /** Of a file that is somebody else's: what in it is ours. */
  readonly edits?: readonly FileEdit[];
}

/** One key of a guest: what we set (null: removed), what stood there before us, and the GPU (PCI address) of a node that it names. */
export interface LedgerKey {
  readonly before: string | null;
  readonly value: string | null;
  readonly node?: string;
}

/** One guest that we changed. */
export interface LedgerGuest {
  readonly kind: GuestKind;
  readonly keys: { readonly [key: string]: LedgerKey };
}

/** One pool that we made (`ours`) or changed (`before` says what it was). */
export interface LedgerPool {
  readonly ours: boolean;
  readonly before?: Pool;
}

/** What is ours on this node, so that it can be taken back, and nothing else. */
export interface Ledger {
  readonly format: 1;
  /** The newest run whose effects are in here. */
  readonly lastRun: number;
  readonly files: { readonly [path: string]: LedgerFile };
  readonly guests: { readonly [vmid: string]: LedgerGuest };
  readonly pools: { readonly [id: string]: LedgerPool };
  /** Packages that we installed or changed, with the version before us (null: it was not installed). */
  readonly packages: { readonly [name: string]: string | null };
  /** Units that we enabled or disabled, with how it was before us. */
  readonly units: { readonly [unit: string]: boolean };
  /** The kernel that was pinned before we pinned another (null: none); absent while the pin is not ours. */
  readonly pin?: { readonly before: string | null };
}

/** The ledger of a node that we have not touched. */
export const EMPTY_LEDGER: Ledger = { format: 1, lastRun: 0, files: {}, guests: {}, pools: {}, packages: {}, units: {} };

/**
 * Notes that a file now has the content with this SHA-1 (null: it is gone); the first image stays the pristine one. With an
 * edit, what of the file is ours is noted too.
 */
export function recordFile(ledger: Ledger, path: string, before: FileImage, wroteSha1: string | null, edit?: FileEdit): Ledger {
  const old = own(ledger.files, path);
  const edits = edit === undefined ? (old?.edits ?? []) : mergeEdits(old?.edits ?? [], edit);
  const file: LedgerFile = { pristine: old?.pristine ?? before, wroteSha1, ...(edits.length === 0 ? {} : { edits }) };
  return { ...ledger, files: { ...ledger.files, [path]: file } };
}

/** Forgets a file: it has its pristine bytes again, or our tokens have left it. */
export function forgetFile(ledger: Ledger, path: string): Ledger {
  return { ...ledger, files: without(ledger.files, path) };
}

/** Notes keys that we set or removed; a key that has its first value again is forgotten. */
export function recordGuest(
  ledger: Ledger,
  kind: GuestKind,
  vmid: number,
  changes: { readonly [key: string]: LedgerKey },
): Ledger {
  let keys = own(ledger.guests, String(vmid))?.keys ?? {};
  for (const [key, change] of Object.entries(changes)) {
    const before = (own(keys, key) ?? change).before;
    keys = change.value === before ? without(keys, key) : { ...keys, [key]: { ...change, before } };
  }
  return withGuest(ledger, kind, vmid, keys);
}

/** Forgets some keys of a guest, or the whole guest. */
export function forgetGuest(ledger: Ledger, vmid: number, keys?: readonly string[]): Ledger {
  const guest = own(ledger.guests, String(vmid));
  if (guest === undefined) return ledger;
  const left = keys === undefined ? {} : keys.reduce((rest, key) => without(rest, key), guest.keys);
  return withGuest(ledger, guest.kind, vmid, left);
}

/** Notes a pool that we made, or that we changed from `before`. */
export function recordPool(ledger: Ledger, id: string, before: Pool | null): Ledger {
  const entry = own(ledger.pools, id) ?? (before === null ? { ours: true } : { ours: false, before });
  return { ...ledger, pools: { ...ledger.pools, [id]: entry } };
}

/** Forgets a pool: it is gone, or it is as it was before us. */
export function forgetPool(ledger: Ledger, id: string): Ledger {
  return { ...ledger, pools: without(ledger.pools, id) };
}

/** Notes the version that a package had before us; one that has it again (null: is gone again) is forgotten. */
export function recordPackage(ledger: Ledger, name: string, before: string | null, now: string | null | undefined): Ledger {
  const first = Object.hasOwn(ledger.packages, name) ? (ledger.packages[name] ?? null) : before;
  const packages = now === first ? without(ledger.packages, name) : { ...ledger.packages, [name]: first };
  return { ...ledger, packages };
}

/** Notes how a unit was before us; one that is so again is forgotten. */
export function recordUnit(ledger: Ledger, unit: string, before: boolean, now: boolean): Ledger {
  const first = own(ledger.units, unit) ?? before;
  return { ...ledger, units: now === first ? without(ledger.units, unit) : { ...ledger.units, [unit]: first } };
}

/** Notes the pin that stood before ours; a pin that is as before us is forgotten. */
export function recordPin(ledger: Ledger, before: string | null, now: string | null): Ledger {
  const { pin, ...rest } = ledger;
  const first = pin === undefined ? before : pin.before;
  return now === first ? rest : { ...rest, pin: { before: first } };
}

function withGuest(ledger: Ledger, kind: GuestKind, vmid: number, keys: LedgerGuest['keys']): Ledger {
  const others = without(ledger.guests, String(vmid));
  return { ...ledger, guests: Object.keys(keys).length === 0 ? others : { ...others, [vmid]: { kind, keys } } };
}

/** What a record really holds under a name: guests and files may be called `constructor`. */
function own<T>(record: { readonly [key: string]: T }, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}

function without<T>(record: { readonly [key: string]: T }, key: string): { readonly [key: string]: T } {
  const { [key]: _gone, ...rest } = record;
  return rest;
}
