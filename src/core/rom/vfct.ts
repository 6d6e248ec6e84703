// SPDX-License-Identifier: AGPL-3.0-or-later
import { fits, hex, standsAt, u16, u32 } from './little-endian.ts';

/** One ROM in the ACPI table VFCT, where firmware leaves those of AMD's GPUs (Linux drivers/gpu/drm/amd/include/atombios.h, VFCT_IMAGE_HEADER). */
export interface VfctImage {
  /** The address as firmware numbered it, `0000:03:00.0`. */
  readonly bdf: string;
  readonly vendor: string;
  readonly device: string;
  readonly content: Uint8Array;
}

/** Where the table says that its first image begins; the header of a table has 0x24 bytes. */
const IMAGE_POINTER = 0x34;
const HEADER_BYTES = 0x1c;

/** The ROMs of a VFCT table, as far as they lie within it. */
export function vfctImages(table: Uint8Array): readonly VfctImage[] {
  if (!standsAt(table, 0, 'VFCT')) return [];
  const images: VfctImage[] = [];
  let at = u32(table, IMAGE_POINTER);
  while (at > 0 && fits(table, at, HEADER_BYTES)) {
    const length = u32(table, at + 0x18);
    if (length === 0 || !fits(table, at + HEADER_BYTES, length)) break;
    const [bus, slot, fn] = [u32(table, at), u32(table, at + 4), u32(table, at + 8)];
    images.push({
      bdf: `0000:${hex(bus, 2)}:${hex(slot, 2)}.${fn}`,
      vendor: hex(u16(table, at + 0x0c), 4),
      device: hex(u16(table, at + 0x0e), 4),
      content: table.slice(at + HEADER_BYTES, at + HEADER_BYTES + length),
    });
    at += HEADER_BYTES + length;
  }
  return images;
}
