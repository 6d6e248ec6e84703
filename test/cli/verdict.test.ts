// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { PROFILES } from '../../src/simulator/profiles/table.ts';
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

test.each([
  ['raptor-lake-s-untouched', ['pveigpu apply sriov']],
  ['raptor-lake-s', ['pveigpu assign VMID']],
  ['jasper-lake', ['pveigpu assign CTID']],
  ['arc-pro', ['pveigpu assign VMID --gpu 0000:00:02.0', 'pveigpu assign VMID --gpu 0000:03:00.0']],
  ['no-igpu', []],
])('%s: what to type next stands last', async (name, commands) => {
  const { out } = await typed(simulated(name), 'verdict');
  const lines = out.trimEnd().split('\n');
  expect(lines.filter((line) => line.startsWith('next: '))).toEqual(commands.map((command) => `next: ${command}`));
  expect(lines.slice(lines.length - commands.length)).toEqual(commands.map((command) => `next: ${command}`));
});

test('only the GPU that was asked for', async () => {
  const { out } = await typed(simulated('arc-pro'), 'verdict --gpu 03:00.0');
  expect(out.match(/^next: .*/gm)).toEqual(['next: pveigpu assign VMID --gpu 0000:03:00.0']);
});

test('each command that is named is one that exists and can be planned', async () => {
  for (const { name } of PROFILES) {
    const machine = simulated(name);
    const [next] = (await typed(machine, 'verdict')).out.match(/(?<=^next: pveigpu )apply .*/gm) ?? [];
    if (next === undefined) continue;
    const { code } = await typed(machine, next.replace('apply', 'plan'));
    // 1: the driver has to be fetched first, and the plan says where.
    expect([1, 3], `${name}: ${next}`).toContain(code);
  }
});
