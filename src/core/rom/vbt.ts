// SPDX-License-Identifier: AGPL-3.0-or-later
import { ascii, findBytes } from './find-bytes.ts';
import { fits, standsAt, u16, u32 } from './little-endian.ts';

/** Intel's Video BIOS Table: what the board maker says of outputs and panels (Linux drivers/gpu/drm/i915/display/intel_vbt_defs.h). */
export interface Vbt {
  /** In bytes from the start of what was searched. */
  readonly offset: number;
  /** The generation that the table names, `SKYLAKE`. */
  readonly name: string;
  /** Decimal, 100 means 1.00. */
  readonly version: number;
  readonly sizeBytes: number;
  /** Version of the block of data behind the header, which drivers go by. */
  readonly bdbVersion: number;
  readonly isWhole: boolean;
}

const SIGNATURE = ascii('$VBT');
const HEADER_BYTES = 0x30;
const BDB = 'BIOS_DATA_BLOCK ';
const BDB_HEADER_BYTES = 0x16;

/** The first Video BIOS Table in the bytes; found as i915 does, by its signature and a block of data where its header says. */
export function findVbt(bytes: Uint8Array): Vbt | undefined {
  for (let at = findBytes(bytes, SIGNATURE); at !== undefined; at = findBytes(bytes, SIGNATURE, at + 1)) {
    const bdb = at + u32(bytes, at + 0x1c);
    if (!fits(bytes, at, HEADER_BYTES) || !fits(bytes, bdb, BDB_HEADER_BYTES) || !standsAt(bytes, bdb, BDB)) continue;
    const sizeBytes = u16(bytes, at + 0x18);
    return {
      offset: at,
      name: nameOf(bytes, at + 4),
      version: u16(bytes, at + 0x14),
      sizeBytes,
      bdbVersion: u16(bytes, bdb + 0x10),
      isWhole: fits(bytes, at, sizeBytes) && fits(bytes, bdb, u16(bytes, bdb + 0x14)),
    };
  }
  return undefined;
}

/** The rest of the 20 bytes of the signature, as far as they are letters, digits and marks. */
function nameOf(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 16))
    .replace(/[^\x20-\x7e]/g, '')
    .trim();
}
