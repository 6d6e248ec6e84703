// SPDX-License-Identifier: AGPL-3.0-or-later
import { keptKey, keptValue } from '../guest/kept-keys.ts';
import { parseDesired } from '../plan/desired.ts';
import { EMPTY_LEDGER, type Ledger, type LedgerGuest } from '../plan/ledger.ts';
import { parseLedger } from '../plan/parse-ledger.ts';
import { type PendingReboot, parsePending } from '../plan/pending-reboot.ts';
import { printStored } from '../plan/stored-format.ts';
import { OWN_MODPROBE, OWN_MODULES_LOAD } from '../setup/own-path.ts';
import { keptCmdlineWords } from './kept-cmdline.ts';
import { keptModprobe } from './kept-modprobe.ts';
import type { Pseudonyms } from './pseudonyms.ts';
import { renameGuest } from './rename-texts.ts';

/** What was asked of the node: modes, numbers and PCI ids alone. A file that cannot be read stays one, empty. */
export function keptDesired(text: string): string {
  const desired = parseDesired(text, '');
  return desired.ok ? printStored(desired.value) : '';
}

/** What the next boot is awaited with; boots are told apart by numbers instead of their ids. */
export function keptPending(text: string, names: Pseudonyms): string {
  const read = parsePending(text, '');
  if (!read.ok) return '';
  const { bootId, parameters, booted } = read.value;
  const kept: PendingReboot = {
    ...read.value,
    bootId: bootId === null ? null : names.of('boot', bootId),
    parameters: parameters.map(keptCmdlineWords),
    ...(booted === undefined ? {} : { booted: keptModprobe(booted) }),
  };
  return printStored(kept);
}

/**
 * Of the ledger what was set in guests, reduced and renamed as their configurations are; and that our own two files of settings were
 * written. Nothing of other files, which may be anybody's.
 */
export function keptLedger(text: string, names: Pseudonyms): string {
  const ledger = parseLedger(text, '');
  if (!ledger.ok) return '';
  const guests = Object.entries(ledger.value.guests).map(([vmid, guest]) => [vmid, keptGuest(guest, names)] as const);
  return printStored({ ...EMPTY_LEDGER, files: keptFiles(ledger.value), guests: Object.fromEntries(guests) });
}

function keptFiles({ files }: Ledger): Ledger['files'] {
  const kept = [OWN_MODPROBE, OWN_MODULES_LOAD].flatMap((path) => {
    const wroteSha1 = Object.hasOwn(files, path) ? (files[path]?.wroteSha1 ?? '') : '';
    return /^[0-9a-f]{40}$/.test(wroteSha1) ? [[path, { pristine: { kind: 'absent' as const }, wroteSha1 }] as const] : [];
  });
  return Object.fromEntries(kept);
}

function keptGuest({ kind, keys }: LedgerGuest, names: Pseudonyms): LedgerGuest {
  const kept = (key: string, value: string | null) => {
    if (value === null) return null;
    const line = `${key}: `;
    return renameGuest(`${line}${keptValue(key, value)}`, names).slice(line.length);
  };
  const entries = Object.entries(keys).flatMap(([key, { before, value, node }]) =>
    keptKey(kind, key)
      ? [[key, { before: kept(key, before), value: kept(key, value), ...(node === undefined ? {} : { node }) }] as const]
      : [],
  );
  return { kind, keys: Object.fromEntries(entries) };
}
