// SPDX-License-Identifier: AGPL-3.0-or-later
import { u32 } from '../little-endian.ts';

/** A region of a flash chip. */
export interface FlashRegion {
  readonly name: string;
  readonly from: number;
  /** Behind its last byte, at most the end of the image. */
  readonly to: number;
}

/** 0FF0A55A at 10h marks a descriptor (Intel PCH SPI Programming Guide; flashrom ich_descriptors.c, coreboot util/ifdtool). */
const SIGNATURE = 0x0ff0a55a;
/** Names of the first regions as ifdtool has them. */
const NAMES = ['descriptor', 'BIOS', 'management engine', 'gigabit ethernet', 'platform data'];
const MOST_REGIONS = 16;
const PAGE_BYTES = 0x1000;

/** The regions of an image of a whole flash chip, by its descriptor; empty where it has none. A region past the end is left out. */
export function flashRegions(bytes: Uint8Array): readonly FlashRegion[] {
  if (bytes.length < PAGE_BYTES || u32(bytes, 0x10) !== SIGNATURE) return [];
  const base = ((u32(bytes, 0x14) >>> 16) & 0xff) * 16;
  return Array.from({ length: MOST_REGIONS }, (_, index) => {
    const value = base + index * 4 + 4 > PAGE_BYTES ? 0x7fff : u32(bytes, base + index * 4);
    const from = (value & 0x7fff) * PAGE_BYTES;
    const to = Math.min((((value >>> 16) & 0x7fff) + 1) * PAGE_BYTES, bytes.length);
    return { name: NAMES[index] ?? `region ${index}`, from, to };
  }).filter(({ from, to }, index) => from < to && (index === 0 || from > 0));
}
