// SPDX-License-Identifier: AGPL-3.0-or-later

/** What PVE leaves as it is in a description line: printable ASCII without `%` and `:` (pve-common ParseUtils.pm encode_text). */
function isPlain(byte: number): boolean {
  return byte >= 0x20 && byte <= 0x7e && byte !== 0x25 && byte !== 0x3a;
}

/** Writes one line of a description as PVE does behind its `#`: every other byte of the UTF-8 text becomes `%XX`. */
export function encodeDescription(text: string): string {
  let out = '';
  for (const byte of new TextEncoder().encode(text)) {
    out += isPlain(byte) ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return out;
}

/** Reads what {@link encodeDescription} wrote; bytes that are no UTF-8 become U+FFFD. */
export function decodeDescription(text: string): string {
  if (!text.includes('%')) return text;
  const bytes: number[] = [];
  const encoder = new TextEncoder();
  for (let at = 0; at < text.length; ) {
    const hex = text.charAt(at) === '%' ? text.slice(at + 1, at + 3) : '';
    if (/^[0-9a-fA-F]{2}$/.test(hex)) {
      bytes.push(Number.parseInt(hex, 16));
      at += 3;
      continue;
    }
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    for (const byte of encoder.encode(character)) bytes.push(byte);
    at += character.length;
  }
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(new Uint8Array(bytes));
}
