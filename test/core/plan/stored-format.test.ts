// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { parseStored, type StoredFormat } from '../../../src/core/plan/stored-format.ts';

const FORMAT: StoredFormat<unknown> = {
  name: 'the test file',
  newest: 3,
  migrations: { 1: (value) => ({ ...value, one: 'migrated' }), 2: (value) => ({ ...value, two: value.one }) },
  check: (value) => ({ ok: true, value }),
};

test('an old format goes through every step to the newest', () => {
  expect(parseStored(FORMAT, '{"format":1,"kept":1}', 'f')).toEqual({
    ok: true,
    value: { format: 3, kept: 1, one: 'migrated', two: 'migrated' },
  });
  expect(parseStored(FORMAT, '{"format":3}', 'f')).toEqual({ ok: true, value: { format: 3 } });
});

test('a newer format and one without a way are refused', () => {
  expect(parseStored(FORMAT, '{"format":4}', 'f')).toMatchObject({ problem: { code: 'format.newer' } });
  expect(parseStored(FORMAT, '{"format":-1}', 'f')).toMatchObject({ problem: { code: 'format.unreadable' } });
});
