// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Aml, terms } from './aml.ts';

/** Signature to creator revision (ACPI specification 6.5, 5.2.6). */
const HEADER_BYTES = 36;
/** With 2 and more an integer has 64 bits (ACPI specification 6.5, 5.2.11.2). */
const REVISION = 2;

/** The largest table that QEMU takes: it keeps the length in 16 bits (hw/acpi/core.c). */
export const MAX_TABLE_BYTES = 65_535;

/** A whole table: `SSDT`, our name as the maker, and a table id of at most 8 characters. */
export function ssdt(tableId: string, ...body: readonly Aml[]): Uint8Array {
  const content = terms(...body);
  const length = HEADER_BYTES + content.length;
  const header = new Uint8Array(HEADER_BYTES);
  const view = new DataView(header.buffer);
  const put = (at: number, word: string, size: number) =>
    header.set(new TextEncoder().encode(word.padEnd(size).slice(0, size)), at);
  put(0, 'SSDT', 4);
  view.setUint32(4, length, true);
  header[8] = REVISION;
  put(10, 'PVEGPU', 6);
  put(16, tableId, 8);
  view.setUint32(24, 1, true);
  put(28, 'PVGP', 4);
  view.setUint32(32, 1, true);
  const table = terms(header, content);
  table[9] = -table.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return table;
}
