// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { contentsNamed, printApart, withContents } from '../../../src/core/plan/stored-apart.ts';
import { printStored } from '../../../src/core/plan/stored-format.ts';
import { sha256Hex } from '../../../src/core/text/sha256.ts';

const hashOf = (_holder: object, base64: string) => sha256Hex(base64);
const large = 'QUJD'.repeat(5000);

test('small contents stay, large ones are named and come back', () => {
  const value = { a: { base64: 'QUJD' }, b: [{ base64: large }, { base64: large }], c: large };
  const { text, contents } = printApart(value, hashOf);
  expect([...contents]).toEqual([[sha256Hex(large), large]]);
  expect(text.length).toBeLessThan(large.length + 500);
  expect(contentsNamed(text)).toEqual([sha256Hex(large)]);
  expect(withContents(text, contents)).toBe(printStored(value));
  expect(withContents(text, new Map())).toBe(text);
});

test('texts that look like a name are texts', () => {
  const name = `"base64": "sha256:${'0'.repeat(64)}"`;
  expect(contentsNamed(printApart({ reason: name, [name]: name }, hashOf).text)).toEqual([]);
});

test('any value comes back', () => {
  const image = fc.record({ base64: fc.constantFrom('', 'QQ==', large, `${large}QUJD`), mode: fc.integer() });
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.oneof(image, fc.jsonValue(), fc.array(image))), (value) => {
      const { text, contents } = printApart(value, hashOf);
      return withContents(text, contents) === printStored(value);
    }),
  );
});
