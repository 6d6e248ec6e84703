// SPDX-License-Identifier: AGPL-3.0-or-later
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { bootFixtures, runBootFixture } from '../../support/boot-fixture.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');
const NAMES = bootFixtures(PROJECT);

test('there are fixtures enough', () => {
  expect(NAMES.length).toBeGreaterThanOrEqual(16);
});

test.each(NAMES)('%s: effective, kept, idempotent, exact way back', async (name) => {
  const { effective, kept, again, wayBack } = await runBootFixture(PROJECT, name);
  expect({ effective, kept, again, wayBack }).toEqual({ effective: [], kept: [], again: [], wayBack: [] });
});
