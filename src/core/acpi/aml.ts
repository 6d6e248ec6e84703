// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * ACPI machine language, as far as our tables need it (ACPI specification 6.5, chapter 20). Each function gives the bytes of one term; a
 * term is a list of bytes or of terms.
 */
export type Aml = Uint8Array;

const ZERO_OP = 0x00;
const ONE_OP = 0x01;
const NAME_OP = 0x08;
const BYTE_PREFIX = 0x0a;
const WORD_PREFIX = 0x0b;
const DWORD_PREFIX = 0x0c;
const STRING_PREFIX = 0x0d;
const SCOPE_OP = 0x10;
const BUFFER_OP = 0x11;
const PACKAGE_OP = 0x12;
const METHOD_OP = 0x14;
const EXTENDED = 0x5b;
const DEVICE_OP = 0x82;

export const ARG0 = 0x68;
export const ARG1 = 0x69;
/** `Local0` to `Local5`. */
export const LOCAL = [0x60, 0x61, 0x62, 0x63, 0x64, 0x65] as const;

/** Bytes and terms one after the other. */
export function terms(...parts: readonly (number | Aml)[]): Aml {
  let length = 0;
  for (const part of parts) length += typeof part === 'number' ? 1 : part.length;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    if (typeof part === 'number') all[at++] = part;
    else {
      all.set(part, at);
      at += part.length;
    }
  }
  return all;
}

/** A whole number from 0 to 2^32 - 1 in its shortest form. */
export function integer(value: number): Aml {
  if (value === 0) return terms(ZERO_OP);
  if (value === 1) return terms(ONE_OP);
  if (value <= 0xff) return terms(BYTE_PREFIX, value);
  if (value <= 0xffff) return terms(WORD_PREFIX, value & 0xff, value >>> 8);
  return terms(DWORD_PREFIX, value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
}

/** A text of ASCII characters. */
export function text(value: string): Aml {
  return terms(STRING_PREFIX, new TextEncoder().encode(value), 0);
}

/** A path from the root, `\_SB.PCI0.SE0`, or a name without a path, with segments filled up to four characters. */
export function name(path: string): Aml {
  const root = path.startsWith('\\') ? terms(0x5c) : terms();
  const segments = path.replace(/^\\/, '').split('.');
  const bytes = new TextEncoder().encode(segments.map((segment) => segment.padEnd(4, '_')).join(''));
  // DualNamePrefix and MultiNamePrefix.
  const prefix = segments.length === 1 ? terms() : segments.length === 2 ? terms(0x2e) : terms(0x2f, segments.length);
  return terms(root, prefix, bytes);
}

/** `Name (path, value)`. */
export function named(path: string, value: Aml): Aml {
  return terms(NAME_OP, name(path), value);
}

/** `Buffer (size) {bytes}`. */
export function buffer(size: Aml, bytes: Uint8Array = terms()): Aml {
  return terms(BUFFER_OP, packaged(terms(size, bytes)));
}

/** `Package () {elements}`. */
export function list(...elements: readonly Aml[]): Aml {
  return terms(PACKAGE_OP, packaged(terms(elements.length, ...elements)));
}

/** `Scope (path) {body}`. */
export function scope(path: string, ...body: readonly Aml[]): Aml {
  return terms(SCOPE_OP, packaged(terms(name(path), ...body)));
}

/** `Device (path) {body}`. */
export function device(path: string, ...body: readonly Aml[]): Aml {
  return terms(EXTENDED, DEVICE_OP, packaged(terms(name(path), ...body)));
}

/** `Method (path, args, Serialized or NotSerialized) {body}`. */
export function method(path: string, args: number, serialized: boolean, ...body: readonly Aml[]): Aml {
  return terms(METHOD_OP, packaged(terms(name(path), args | (serialized ? 8 : 0), ...body)));
}

/** What begins with its own length (PkgLength, chapter 20.2.4). */
export function packaged(body: Aml): Aml {
  const length = body.length;
  if (length + 1 <= 0x3f) return terms(length + 1, body);
  // The length counts its own bytes: two reach to 2^12 - 1, three to 2^20 - 1.
  const extra = length + 2 <= 0xfff ? 1 : length + 3 <= 0xfffff ? 2 : 3;
  const total = length + 1 + extra;
  const bytes = [(extra << 6) | (total & 0xf), total >>> 4, total >>> 12, total >>> 20].slice(0, extra + 1);
  return terms(...bytes.map((byte) => byte & 0xff), body);
}
