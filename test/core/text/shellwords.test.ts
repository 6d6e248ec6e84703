// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { shellQuote, shellwords } from '../../../src/core/text/shellwords.ts';

const FILE = resolve(import.meta.dirname, '../../fixtures/pve/shellwords.json');
const { cases } = JSON.parse(readFileSync(FILE, 'utf8')) as { readonly cases: readonly (readonly string[])[] };

describe('shellwords', () => {
  test('splits as Perl does', () => {
    expect(cases.length).toBeGreaterThan(150);
    for (const [text = '', ...words] of cases) {
      expect([text, ...(shellwords(text) ?? []).map((word) => word.value)]).toEqual([text, ...words]);
    }
  });

  test('gives no words at all for an open quote or a backslash at the end', () => {
    expect(shellwords("-S -name 'x")).toBeUndefined();
    expect(shellwords('-S \\')).toBeUndefined();
    expect(shellwords('')).toEqual([]);
  });

  test('says where each word stands', () => {
    const text = `-a  "b c"'d'`;
    expect(shellwords(text)?.map((word) => text.slice(word.start, word.end))).toEqual(['-a', `"b c"'d'`]);
  });

  test('reads back what shellQuote wrote', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        expect(shellwords(words.map(shellQuote).join(' '))?.map((word) => word.value)).toEqual(words);
      }),
      { numRuns: 200 },
    );
  });
});
