// SPDX-License-Identifier: AGPL-3.0-or-later
import { standsAt, u16, u32 } from '../little-endian.ts';
import { guidAt, u64 } from './guid.ts';

/** The header of a firmware volume (UEFI PI 1.8, volume 3, 3.2.1: EFI_FIRMWARE_VOLUME_HEADER). */
export interface VolumeHeader {
  readonly guid: string;
  readonly lengthBytes: number;
  /** Where files begin, from the start of the volume. */
  readonly filesAt: number;
  /** Whether it holds files as the specification has them; others hold variables, or what a vendor puts there. */
  readonly hasFiles: boolean;
  /** What free space is filled with. */
  readonly erased: 0 | 0xff;
}

const SIGNATURE_AT = 0x28;
/** Without the block map, which has at least one entry and one of zeros. */
const LEAST_HEADER_BYTES = 0x48;
const ERASE_POLARITY = 0x800;
/** FFS2 and FFS3 (UEFI PI 1.8, volume 3, 3.2.2). */
const FILE_SYSTEMS: ReadonlySet<string> = new Set([
  '8C8CE578-8A3D-4F1C-9935-896185C32DD3',
  '5473C07A-3DCB-4DCA-BD6F-1E9689E7349A',
]);

/** Where the next thing that could be a volume begins, from an offset on; -1 where none does. */
export function findVolume(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0x5f, from + SIGNATURE_AT); at >= 0; at = bytes.indexOf(0x5f, at + 1))
    if (standsAt(bytes, at, '_FVH')) return at - SIGNATURE_AT;
  return -1;
}

/** The header at an offset; undefined where none is that its checksum confirms. Its length may be more than there is. */
export function volumeHeader(bytes: Uint8Array, at: number): VolumeHeader | undefined {
  if (at < 0 || at + LEAST_HEADER_BYTES > bytes.length || !standsAt(bytes, at + SIGNATURE_AT, '_FVH')) return undefined;
  const headerBytes = u16(bytes, at + 0x30);
  const lengthBytes = u64(bytes, at + 0x20);
  if (headerBytes < LEAST_HEADER_BYTES || headerBytes % 2 !== 0 || lengthBytes < headerBytes) return undefined;
  if (at + headerBytes > bytes.length || sum16(bytes, at, headerBytes) !== 0) return undefined;
  const system = guidAt(bytes, at + 0x10);
  const extended = u16(bytes, at + 0x34);
  // the extended header has the volume's own GUID and its size; a revision 1 volume has no such field
  const hasExtended = (bytes[at + 0x37] ?? 0) >= 2 && extended >= headerBytes && at + extended + 20 <= bytes.length;
  const extendedEnd = hasExtended ? extended + u32(bytes, at + extended + 16) : headerBytes;
  return {
    guid: hasExtended ? guidAt(bytes, at + extended) : system,
    lengthBytes,
    filesAt: align8(Math.max(extendedEnd, headerBytes)),
    hasFiles: FILE_SYSTEMS.has(system),
    erased: (u32(bytes, at + 0x2c) & ERASE_POLARITY) === 0 ? 0 : 0xff,
  };
}

/** Up to the next multiple of 8, on which files begin. */
export function align8(at: number): number {
  return at + ((8 - (at % 8)) % 8);
}

function sum16(bytes: Uint8Array, at: number, length: number): number {
  let sum = 0;
  for (let index = 0; index < length; index += 2) sum += u16(bytes, at + index);
  return sum & 0xffff;
}
