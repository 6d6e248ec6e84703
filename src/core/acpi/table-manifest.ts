// SPDX-License-Identifier: AGPL-3.0-or-later
import { integerAt, mapAt, objectAt, textAt, WrongShape } from '../plan/check-stored.ts';
import { parseStored, printStored, type StoredFormat } from '../plan/stored-format.ts';
import type { Result } from '../problem.ts';

/** What the tables of one guest were made for. */
export interface TableManifest {
  readonly format: 1;
  /** By `hostpciN`. */
  readonly roms: { readonly [key: string]: TableRom };
  /** By the file's name. */
  readonly tables: { readonly [name: string]: { readonly sha256: string; readonly sizeBytes: number } };
}

/** The ROM of one device. */
export interface TableRom {
  /** A file name in /usr/share/kvm. */
  readonly romfile: string;
  readonly sha256: string;
  /** The ACPI node that the table names. */
  readonly node: string;
}

const FORMAT: StoredFormat<TableManifest> = {
  name: 'the list of ACPI tables',
  newest: 1,
  migrations: {},
  check: (value) => {
    try {
      return { ok: true, value: manifestOf(value) };
    } catch (error) {
      if (error instanceof WrongShape) return { ok: false, reason: error.message };
      throw error;
    }
  },
};

/** Reads `tables.json`. By hand, since the hook reads it: no schema library is loaded there. */
export function parseManifest(text: string, where: string): Result<TableManifest> {
  return parseStored(FORMAT, text, where);
}

/** The text of `tables.json`. */
export function printManifest(manifest: TableManifest): string {
  return printStored(manifest);
}

function manifestOf(value: unknown): TableManifest {
  const manifest = objectAt(value, 'list');
  return {
    format: 1,
    roms: mapAt(manifest.roms, 'roms', (rom, at) => {
      const { romfile, sha256, node } = objectAt(rom, at);
      return {
        romfile: textAt(romfile, `${at}.romfile`),
        sha256: textAt(sha256, `${at}.sha256`),
        node: textAt(node, `${at}.node`),
      };
    }),
    tables: mapAt(manifest.tables, 'tables', (table, at) => {
      const { sha256, sizeBytes } = objectAt(table, at);
      return { sha256: textAt(sha256, `${at}.sha256`), sizeBytes: integerAt(sizeBytes, `${at}.sizeBytes`) };
    }),
  };
}
