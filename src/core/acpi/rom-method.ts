// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Aml, ARG0, ARG1, buffer, device, integer, LOCAL, method, name, named, scope, terms } from './aml.ts';
import {
  add,
  concatenate,
  divide,
  either,
  equal,
  exists,
  giveBack,
  greater,
  less,
  mid,
  not,
  sizeOf,
  store,
  subtract,
  when,
} from './logic.ts';

/** How much of a ROM one data table holds: 15 pages, so that no read of a whole page lies in two tables. */
export const CHUNK_BYTES = 61_440;
/** What one call of `_ROM` gives at most (ACPI specification 6.0, B.3.3; NVIDIA's driver and nouveau read pages of this size). */
const PAGE_BYTES = 4096;

const [OFFSET, LENGTH, CHUNK, WITHIN, RESULT, REST] = LOCAL;

/** The names of the buffers that hold a ROM, one for each data table. `index` is N of `hostpciN`. */
export function chunkNames(index: number, romBytes: number): readonly string[] {
  const hex = (value: number, digits: number) => value.toString(16).toUpperCase().padStart(digits, '0');
  return Array.from({ length: Math.ceil(romBytes / CHUNK_BYTES) }, (_, chunk) => `\\_SB.V${hex(index, 1)}${hex(chunk, 2)}`);
}

/**
 * `Method (_ROM, 2, Serialized)`: offset and length to a buffer of exactly min(length, 4096) bytes, with zeros behind the end of the ROM.
 * NVIDIA's driver refuses a shorter answer (nv-acpi.c), and so does nouveau (nvkm/subdev/bios/shadowacpi.c).
 */
export function romMethod(chunks: readonly string[], romBytes: number): Aml {
  const whole = integer(romBytes);
  const read = (chunk: string, start: number | Aml, length: number | Aml, to: number) => mid(name(chunk), start, length, to);
  return method(
    '_ROM',
    2,
    true,
    store(ARG0, OFFSET),
    store(ARG1, LENGTH),
    when(greater(LENGTH, integer(PAGE_BYTES)), store(integer(PAGE_BYTES), LENGTH)),
    when(either(equal(LENGTH, integer(0)), not(less(OFFSET, whole))), giveBack(buffer(terms(LENGTH)))),
    divide(OFFSET, integer(CHUNK_BYTES), WITHIN, CHUNK),
    store(buffer(integer(0)), RESULT),
    ...chunks.map((chunk, at) => when(equal(CHUNK, integer(at)), read(chunk, WITHIN, LENGTH, RESULT))),
    when(
      less(sizeOf(RESULT), LENGTH),
      add(CHUNK, integer(1), CHUNK),
      subtract(LENGTH, sizeOf(RESULT), REST),
      ...chunks
        .slice(1)
        .map((chunk, at) =>
          when(equal(CHUNK, integer(at + 1)), read(chunk, integer(0), REST, WITHIN), concatenate(RESULT, WITHIN, RESULT)),
        ),
    ),
    when(less(sizeOf(RESULT), LENGTH), subtract(LENGTH, sizeOf(RESULT), REST), concatenate(RESULT, buffer(terms(REST)), RESULT)),
    giveBack(RESULT),
  );
}

/** Where `_ROM` goes: the bus and the name of the device below it. */
export interface AcpiNode {
  /** `\_SB.PCI0.SE0`. */
  readonly bus: string;
  /** `S00`. */
  readonly device: string;
  /** Slot and function as `_ADR` has them. */
  readonly address: number;
}

/** The path of a node. */
export function nodePath({ bus, device: last }: AcpiNode): string {
  return `${bus}.${last}`;
}

/** The method at its node, which QEMU's own table has described. */
export function atNode(node: AcpiNode, body: Aml): Aml {
  return scope(nodePath(node), body);
}

/** The method at its node, which is made first where QEMU's own table has none: the terms of a table are carried out in their order. */
export function atNodeOrNew(node: AcpiNode, body: Aml): Aml {
  const path = nodePath(node);
  const made = scope(node.bus, device(node.device, named('_ADR', integer(node.address))));
  return terms(when(not(exists(name(path))), made), scope(path, body));
}
