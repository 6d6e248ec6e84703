// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { simulated } from '../app/simulated.ts';
import { raptorLake, typed } from './command-line.ts';

test('the evidence is shown when it is asked for', async () => {
  const file = '/sys/bus/pci/devices/0000:00:02.0/sriov_totalvfs: 7';
  expect((await typed(raptorLake(), 'verdict --evidence')).out).toContain(file);
  expect((await typed(raptorLake(), 'verdict')).out).not.toContain(file);
});

test('a node without an Intel GPU cannot, whatever other cards it has', async () => {
  const { code, out } = await typed(simulated('no-igpu'), 'verdict');
  expect(code).toBe(6);
  expect(out).toContain('The processor has no GPU (12th Gen Intel(R) Core(TM) i5-12400F).');
  expect((await typed(simulated('optimus'), 'verdict')).code).toBe(0);
  expect((await typed(simulated('optimus'), 'verdict --gpu 01:00.0')).code).toBe(6);
});
