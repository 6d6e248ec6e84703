// SPDX-License-Identifier: AGPL-3.0-or-later
import { u16, u32 } from '../little-endian.ts';
import { guidAt, u24 } from './guid.ts';

/** The header of a section of a file (UEFI PI 1.8, volume 3, 3.2.4: EFI_COMMON_SECTION_HEADER and those that follow it). */
export interface SectionHeader {
  readonly type: number;
  readonly sizeBytes: number;
  /** All that stands before the content. */
  readonly headerBytes: number;
  readonly guid?: string;
  /** Whether the content has no sense before somebody has unpacked it (EFI_GUIDED_SECTION_PROCESSING_REQUIRED). */
  readonly needsProcessing?: boolean;
}

/** EFI_SECTION_TYPE as far as something is done about it. */
export const SECTION = {
  compression: 0x01,
  guided: 0x02,
  pe32: 0x10,
  te: 0x12,
  name: 0x15,
  volume: 0x17,
  subtype: 0x18,
  raw: 0x19,
} as const;

const COMMON_BYTES = 4;
/** The size of a section of 16 MiB and more stands behind the common header. */
const LARGE = 0xffffff;
const COMPRESSION_BYTES = 5;
const GUID_BYTES = 16;
/** A GUID, where the data begins, and attributes. */
const GUIDED_BYTES = GUID_BYTES + 4;
const NEEDS_PROCESSING = 0x01;

/** The header at an offset, undefined where nothing more can stand. The size may be more than there is, and less than the header. */
export function sectionHeader(bytes: Uint8Array, at: number): SectionHeader | undefined {
  if (at + COMMON_BYTES > bytes.length) return undefined;
  const type = bytes[at + 3] ?? 0;
  const isLarge = u24(bytes, at) === LARGE;
  const sizeBytes = isLarge ? u32(bytes, at + COMMON_BYTES) : u24(bytes, at);
  const common = isLarge ? COMMON_BYTES + 4 : COMMON_BYTES;
  if (type === SECTION.compression) return { type, sizeBytes, headerBytes: common + COMPRESSION_BYTES };
  if (type === SECTION.subtype) return { type, sizeBytes, headerBytes: common + GUID_BYTES, guid: guidAt(bytes, at + common) };
  if (type !== SECTION.guided) return { type, sizeBytes, headerBytes: common };
  const dataAt = u16(bytes, at + common + GUID_BYTES);
  const needsProcessing = (u16(bytes, at + common + GUID_BYTES + 2) & NEEDS_PROCESSING) !== 0;
  const headerBytes = Math.max(dataAt, common + GUIDED_BYTES);
  return { type, sizeBytes, headerBytes, guid: guidAt(bytes, at + common), needsProcessing };
}
