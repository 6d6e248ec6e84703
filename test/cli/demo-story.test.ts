// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { simulated } from '../app/simulated.ts';
import { jsonOf, typed } from './command-line.ts';

interface Told {
  readonly right: boolean;
  readonly left: readonly string[];
  readonly typed: readonly { readonly line: string; readonly exit: number; readonly output: string }[];
}

test('from an untouched node to a guest with a VF: three commands and one question, and all of it back', async () => {
  const told = jsonOf(
    await typed(simulated('jasper-lake'), 'demo --once --profile raptor-lake-s-untouched --json'),
  ) as unknown as Told;
  expect([told.right, told.left]).toEqual([true, []]);
  const first = told.typed.findIndex(({ line }) => line.startsWith('pveigpu apply'));
  const started = told.typed.findIndex(({ line }) => line === 'qm start 101');
  const way = told.typed.slice(first, started + 1);
  // looking whether all is well is no part of the way
  expect(way.map(({ line }) => line).filter((line) => line !== 'pveigpu assert')).toEqual([
    'pveigpu apply sriov',
    'reboot',
    'pveigpu assign 101 --yes',
    'qm start 101',
  ]);
  expect(way.flatMap(({ output }) => output.match(/\[y\/N\]/g) ?? [])).toHaveLength(1);
  expect(told.typed.find(({ line }) => line === 'pveigpu vf list')?.output).toContain('VM 101');
});

test('a machine without an Intel GPU: the verdict and the refusal are part of the story', async () => {
  const told = jsonOf(await typed(simulated('jasper-lake'), 'demo --once --profile no-igpu --json')) as unknown as Told;
  expect([told.right, told.left]).toEqual([true, []]);
});
