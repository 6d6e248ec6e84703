// SPDX-License-Identifier: AGPL-3.0-or-later

/** Where a pattern stands first at or behind `from`, undefined where it does not. */
export function findBytes(bytes: Uint8Array, pattern: Uint8Array, from = 0): number | undefined {
  const [first = 0] = pattern;
  for (let at = bytes.indexOf(first, from); at >= 0; at = bytes.indexOf(first, at + 1)) {
    let same = 1;
    while (same < pattern.length && bytes[at + same] === pattern[same]) same += 1;
    if (same >= pattern.length) return at;
  }
  return undefined;
}

/** A text as ASCII bytes. */
export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** A text of ASCII characters as UTF-16 with the low byte first, as EFI drivers hold their names. */
export function utf16(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length * 2 }, (_, at) => (at % 2 === 0 ? text.charCodeAt(at / 2) : 0));
}
