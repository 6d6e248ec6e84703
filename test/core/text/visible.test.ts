// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPlain, visible } from '../../../src/core/text/visible.ts';
import { anyText } from '../../support/any-text.ts';

describe('visible', () => {
  test('writes out what could move a cursor, hide or reorder text', () => {
    expect(visible('a\x1b[31mred\x1b[0m')).toBe('a\\x1b[31mred\\x1b[0m');
    expect(visible('one\ntwo\r\tthree\0')).toBe('one\\ntwo\\r\\tthree\\x00');
    expect(visible('\x9b2J\x7f')).toBe('\\x9b2J\\x7f');
    expect(visible('file\u202egpj.exe\u200b\ufeff')).toBe('file\\u202egpj.exe\\u200b\\ufeff');
    expect(visible('tag\u{e0041}')).toBe('tag\\u{e0041}');
    expect(visible('half \ud83d pair')).toBe('half \\ud83d pair');
  });

  test('leaves ordinary text of every script alone', () => {
    for (const text of ['Intel(R) Core(TM)', 'Grafikkarte für Gäste', '图形 グラフィック', 'ok 👍', 'C:\\path', '']) {
      expect(visible(text)).toBe(text);
      expect(isPlain(text)).toBe(true);
    }
  });

  test('cuts at the limit, never inside a surrogate pair', () => {
    expect(visible('x'.repeat(50), 10)).toBe(`${'x'.repeat(9)}…`);
    expect(visible('x'.repeat(10), 10)).toBe('x'.repeat(10));
    expect(visible(`${'x'.repeat(8)}👍👍`, 10)).toBe('xxxxxxxx…');
    expect(visible(`${'x'.repeat(8)}👍`, 10)).toBe('xxxxxxxx👍');
  });

  test('always gives one plain line within the limit', () => {
    fc.assert(
      fc.property(anyText(300), fc.integer({ min: 1, max: 200 }), (text, limit) => {
        const shown = visible(text, limit);
        expect(shown.length).toBeLessThanOrEqual(limit);
        expect(isPlain(shown)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
