// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { FileImage } from '../../../src/core/plan/action.ts';
import { contentDiff, unified } from '../../../src/core/plan/content-diff.ts';
import { toBase64 } from '../../../src/core/plan/file-image.ts';

const ABSENT: FileImage = { kind: 'absent' };
const image = (bytes: Uint8Array): FileImage => ({ kind: 'file', base64: toBase64(bytes), mode: 0o644, uid: 0, gid: 0 });
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('of bytes: size, SHA-256 and the first bytes, before and after', () => {
  const rom = Uint8Array.from({ length: 1024 }, (_, i) => [0x55, 0xaa, 2, 0xe9][i] ?? 0);
  const shown = `1024 bytes, sha256 ${hash(rom)}, bytes 55 aa 02 e9 00 00 00 00 00 00 00 00 00 00 00 00 ...`;
  expect(contentDiff(ABSENT, image(rom))).toEqual([`+${shown}`]);
  expect(contentDiff(image(rom), ABSENT)).toEqual([`-${shown}`]);
  expect(contentDiff(image(rom), image(rom))).toEqual([]);
  const text = new TextEncoder().encode('was text\n');
  expect(contentDiff(image(text), image(rom))[0]).toBe(`-9 bytes, sha256 ${hash(text)}, bytes 77 61 73 20 74 65 78 74 0a`);
});

test('of texts a unified diff, of a huge text the summary', () => {
  const [a, b] = ['one\ntwo\n', 'one\n\u{1f600}\n'].map((text) => new TextEncoder().encode(text)) as [Uint8Array, Uint8Array];
  expect(contentDiff(image(a), image(b))).toEqual(unified('one\ntwo\n', 'one\n\u{1f600}\n'));
  expect(contentDiff(ABSENT, image(new Uint8Array(300_000).fill(0x0a)))).toHaveLength(1);
});

test('of any bytes: there are lines where they differ and only there', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.uint8Array({ maxLength: 400 }), (one, other) => {
      const lines = contentDiff(image(one), image(other));
      const isEqual = hash(one) === hash(other);
      expect(lines.length === 0).toBe(isEqual);
      expect(contentDiff(image(one), image(one))).toEqual([]);
    }),
  );
});
