// SPDX-License-Identifier: AGPL-3.0-or-later
import { buffer, integer, named } from './aml.ts';
import { battery } from './battery.ts';
import { type AcpiNode, atNode, atNodeOrNew, CHUNK_BYTES, chunkNames, romMethod } from './rom-method.ts';
import { ssdt } from './ssdt.ts';

/** One table as a file. */
export interface AcpiTable {
  /** The file's name, for example `hostpci0-rom.aml`. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What a guest's device shall find in ACPI. */
export interface RomTableWish {
  /** N of `hostpciN`. */
  readonly index: number;
  readonly node: AcpiNode;
  /** At least one byte. */
  readonly rom: Uint8Array;
  /** Whether the node may be missing, which older QEMUs do (before 8.0 below root ports without hot-plug). */
  readonly makeNode: boolean;
}

/** The tables that serve a ROM through `_ROM`: the method, and the bytes in as many tables as they need. */
export function romTables({ index, node, rom, makeNode }: RomTableWish): readonly AcpiTable[] {
  const chunks = chunkNames(index, rom.length);
  const key = `hostpci${index}`;
  const body = romMethod(chunks, rom.length);
  const data = chunks.map((path, at): AcpiTable => {
    const bytes = rom.subarray(at * CHUNK_BYTES, (at + 1) * CHUNK_BYTES);
    const id = path.slice(path.lastIndexOf('.') + 1);
    return {
      name: `${key}-${String(at).padStart(2, '0')}.aml`,
      bytes: ssdt(id, named(path, buffer(integer(bytes.length), bytes))),
    };
  });
  return [{ name: `${key}-rom.aml`, bytes: ssdt(`ROM${index}`, (makeNode ? atNodeOrNew : atNode)(node, body)) }, ...data];
}

/** The table with a battery. */
export function batteryTable(): AcpiTable {
  return { name: 'battery.aml', bytes: ssdt('BATTERY', battery()) };
}
