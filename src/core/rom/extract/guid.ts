// SPDX-License-Identifier: AGPL-3.0-or-later
import { hex, u8, u16, u32 } from '../little-endian.ts';

/** The 24-bit number at an offset, the low byte first; bytes that are not there count as 0. */
export function u24(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) + u8(bytes, at + 2) * 0x1_0000;
}

/** The 64-bit number at an offset, as {@link u24}; above 2^53 it is only about right, which is far above every limit. */
export function u64(bytes: Uint8Array, at: number): number {
  return u32(bytes, at) + u32(bytes, at + 4) * 0x1_0000_0000;
}

/** A GUID as it is printed everywhere: its first three parts are stored with the low byte first (UEFI 2.10, appendix A). */
export function guidAt(bytes: Uint8Array, at: number): string {
  const tail = Array.from({ length: 8 }, (_, index) => hex(u8(bytes, at + 8 + index), 2)).join('');
  const head = `${hex(u32(bytes, at), 8)}-${hex(u16(bytes, at + 4), 4)}-${hex(u16(bytes, at + 6), 4)}`;
  return `${head}-${tail.slice(0, 4)}-${tail.slice(4)}`.toUpperCase();
}
