// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';

/** Any text for properties: much ASCII and controls, every other code point, halves of surrogate pairs too. */
export function anyText(maxLength = 200): fc.Arbitrary<string> {
  const codePoint = fc.oneof(
    { arbitrary: fc.integer({ min: 0, max: 0x9f }), weight: 6 },
    { arbitrary: fc.integer({ min: 0, max: 0xffff }), weight: 2 },
    { arbitrary: fc.integer({ min: 0x10000, max: 0x10ffff }), weight: 1 },
  );
  return fc.array(codePoint, { maxLength }).map((points) => String.fromCodePoint(...points));
}
