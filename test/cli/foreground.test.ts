// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-code.ts';
import { simulated } from '../app/simulated.ts';
import { typed } from './command-line.ts';

const NOTE = 'runs in the foreground';

test('that it runs in the foreground is said only where something is done', async () => {
  const machine = simulated('raptor-lake-s-untouched');
  expect((await typed(machine, 'apply sriov')).err).not.toContain(NOTE);
  expect((await typed(machine, 'rollback 7 --yes')).err).not.toContain(NOTE);
  expect((await typed(machine, 'apply host --yes')).err).not.toContain(NOTE);
  expect((await typed(machine, 'apply sriov', { answer: 'no' })).err).not.toContain(NOTE);
  const done = await typed(machine, 'apply sriov', { answer: 'yes' });
  expect([done.code, done.err.includes(NOTE)]).toEqual([EXIT.rebootNeeded, true]);
});
