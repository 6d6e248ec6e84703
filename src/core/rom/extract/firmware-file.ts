// SPDX-License-Identifier: AGPL-3.0-or-later
import { guidAt, u24, u64 } from './guid.ts';

/** The header of a file of a firmware volume (UEFI PI 1.8, volume 3, 3.2.3: EFI_FFS_FILE_HEADER and _HEADER2). */
export interface FileHeader {
  readonly guid: string;
  readonly type: number;
  readonly sizeBytes: number;
  readonly headerBytes: number;
  /** Whether the checksum of the header is right. */
  readonly isSound: boolean;
}

/** A file that is there as bytes and not as sections. */
export const RAW_FILE = 0x01;
/** A file that fills a gap. */
export const PAD_FILE = 0xf0;
const SHORT_HEADER_BYTES = 24;
const LONG_HEADER_BYTES = 32;
/** FFS_ATTRIB_LARGE_FILE: the size stands in 64 bits behind the header. */
const LARGE = 0x01;

/** The header at an offset, undefined where free space begins or the volume ends. The size may be more than there is. */
export function fileHeader(bytes: Uint8Array, at: number, erased: number): FileHeader | undefined {
  if (at + SHORT_HEADER_BYTES > bytes.length) return undefined;
  if (bytes.subarray(at, at + SHORT_HEADER_BYTES).every((byte) => byte === erased)) return undefined;
  const isLong = ((bytes[at + 19] ?? 0) & LARGE) !== 0 && at + LONG_HEADER_BYTES <= bytes.length;
  const headerBytes = isLong ? LONG_HEADER_BYTES : SHORT_HEADER_BYTES;
  let sum = 0;
  for (let index = 0; index < headerBytes; index += 1) sum += bytes[at + index] ?? 0;
  // the checksum of the content and the state are left out
  sum -= (bytes[at + 17] ?? 0) + (bytes[at + 23] ?? 0);
  return {
    guid: guidAt(bytes, at),
    type: bytes[at + 18] ?? 0,
    sizeBytes: isLong ? u64(bytes, at + 24) : u24(bytes, at + 20),
    headerBytes,
    isSound: sum % 0x100 === 0,
  };
}
