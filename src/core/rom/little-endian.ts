// SPDX-License-Identifier: AGPL-3.0-or-later

/** The byte at an offset; 0 where there is none, so that no reader can leave the bytes. */
export function u8(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

/** The 16-bit number at an offset, the low byte first; bytes that are not there count as 0. */
export function u16(bytes: Uint8Array, at: number): number {
  return u8(bytes, at) + u8(bytes, at + 1) * 0x100;
}

/** The 32-bit number at an offset, the low byte first; bytes that are not there count as 0. */
export function u32(bytes: Uint8Array, at: number): number {
  return u16(bytes, at) + u16(bytes, at + 2) * 0x1_0000;
}

/** Whether a range lies within the bytes as a whole. */
export function fits(bytes: Uint8Array, at: number, length: number): boolean {
  return at >= 0 && length >= 0 && at + length <= bytes.length;
}

/** Whether an ASCII text stands at an offset. */
export function standsAt(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

/** The sum of a range modulo 256; the range is cut at the end of the bytes. */
export function sumOf(bytes: Uint8Array, from: number, length: number): number {
  const end = Math.min(bytes.length, from + length);
  let total = 0;
  for (let at = from; at < end; at += 1) total += bytes[at] ?? 0;
  return total % 0x100;
}

/** A number in lower-case hexadecimal with leading zeros. */
export function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
