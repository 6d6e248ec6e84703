// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Pool, PoolEntry } from '../facts/guest-facts.ts';
import type { Result } from '../problem.ts';
import type { FileImage } from './action.ts';
import {
  booleanAt,
  integerAt,
  listAt,
  mapAt,
  objectAt,
  oneOfAt,
  optional,
  textAt,
  textOrNullAt,
  WrongShape,
} from './check-stored.ts';
import type { FileEdit } from './file-edit.ts';
import type { Ledger, LedgerFile, LedgerGuest, LedgerPool } from './ledger.ts';
import { parseStored, type StoredFormat } from './stored-format.ts';

const FORMAT: StoredFormat<Ledger> = {
  name: 'the ledger',
  newest: 1,
  migrations: {},
  check: (value) => {
    try {
      return { ok: true, value: ledgerOf(value) };
    } catch (error) {
      if (error instanceof WrongShape) return { ok: false, reason: error.message };
      throw error;
    }
  },
};

/** Reads `ledger.json`. By hand, since every status does so: a schema library takes longer to load than the rest. */
export function parseLedger(text: string, where: string): Result<Ledger> {
  return parseStored(FORMAT, text, where);
}

/** Packages, units and the pin came later than the first ledgers, so they may be missing. */
function ledgerOf(value: unknown): Ledger {
  const ledger = objectAt(value, 'ledger');
  return {
    format: 1,
    lastRun: integerAt(ledger.lastRun, 'lastRun'),
    files: mapAt(ledger.files, 'files', fileAt),
    guests: mapAt(ledger.guests, 'guests', guestAt),
    pools: mapAt(ledger.pools, 'pools', poolAt),
    packages: mapAt(ledger.packages ?? {}, 'packages', textOrNullAt),
    units: mapAt(ledger.units ?? {}, 'units', booleanAt),
    ...optional(ledger, 'pin', 'ledger', (pin, where) => ({
      before: textOrNullAt(objectAt(pin, where).before, `${where}.before`),
    })),
  };
}

function fileAt(value: unknown, where: string): LedgerFile {
  const file = objectAt(value, where);
  return {
    pristine: imageAt(file.pristine, `${where}.pristine`),
    wroteSha1: textOrNullAt(file.wroteSha1, `${where}.wroteSha1`),
    ...optional(file, 'edits', where, (edits, at) => listAt(edits, at, editAt)),
  };
}

function imageAt(value: unknown, where: string): FileImage {
  const image = objectAt(value, where);
  const kind = oneOfAt(image.kind, `${where}.kind`, ['absent', 'file']);
  if (kind === 'absent') return { kind };
  return {
    kind,
    base64: textAt(image.base64, `${where}.base64`),
    mode: integerAt(image.mode, `${where}.mode`),
    uid: integerAt(image.uid, `${where}.uid`),
    gid: integerAt(image.gid, `${where}.gid`),
  };
}

function editAt(value: unknown, where: string): FileEdit {
  const edit = objectAt(value, where);
  const kind = oneOfAt(edit.kind, `${where}.kind`, ['kernel-parameters', 'lines']);
  const added = listAt(edit.added, `${where}.added`, textAt);
  const removed = listAt(edit.removed, `${where}.removed`, textAt);
  if (kind === 'lines') return { kind, added, removed };
  return { kind, format: oneOfAt(edit.format, `${where}.format`, ['grub-default', 'kernel-cmdline']), added, removed };
}

function guestAt(value: unknown, where: string): LedgerGuest {
  const guest = objectAt(value, where);
  const keys = mapAt(guest.keys, `${where}.keys`, (key, at) => {
    const entry = objectAt(key, at);
    const { before, value: now } = entry;
    const sides = { before: textOrNullAt(before, `${at}.before`), value: textOrNullAt(now, `${at}.value`) };
    return { ...sides, ...optional(entry, 'node', at, textAt) };
  });
  return { kind: oneOfAt(guest.kind, `${where}.kind`, ['qemu', 'lxc']), keys };
}

function poolAt(value: unknown, where: string): LedgerPool {
  const pool = objectAt(value, where);
  return { ours: booleanAt(pool.ours, `${where}.ours`), ...optional(pool, 'before', where, mappingAt) };
}

function mappingAt(value: unknown, where: string): Pool {
  const pool = objectAt(value, where);
  return {
    id: textAt(pool.id, `${where}.id`),
    ...optional(pool, 'description', where, textAt),
    mdev: booleanAt(pool.mdev, `${where}.mdev`),
    liveMigrationCapable: booleanAt(pool.liveMigrationCapable, `${where}.liveMigrationCapable`),
    entries: listAt(pool.entries, `${where}.entries`, entryAt),
  };
}

function entryAt(value: unknown, where: string): PoolEntry {
  const entry = objectAt(value, where);
  return {
    node: textAt(entry.node, `${where}.node`),
    id: textAt(entry.id, `${where}.id`),
    path: textAt(entry.path, `${where}.path`),
    ...optional(entry, 'subsystemId', where, textAt),
    ...optional(entry, 'iommuGroup', where, integerAt),
    ...optional(entry, 'description', where, textAt),
  };
}
