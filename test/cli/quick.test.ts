// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';

import type { Io } from '../../src/cli/io.ts';
import { quickCall } from '../../src/cli/quick-call.ts';
import { runQuickDoctor } from '../../src/cli/quick-doctor.ts';
import { simulated } from '../app/simulated.ts';
import { type Ran, typed } from './command-line.ts';
import { withoutItsVfs } from './sick-machine.ts';

const KNOWN = { '--json': 'flag', '--only': 'value' } as const;

describe('the short way in', () => {
  test('takes what it knows', () => {
    expect(quickCall(['doctor'], KNOWN)?.options).toEqual({});
    expect(quickCall(['doctor', '--only', 'vf', '--json', '--root', '/'], KNOWN)?.options).toEqual({
      only: 'vf',
      json: true,
      root: '/',
    });
  });

  test.each([
    ['--fix'],
    ['--only'],
    ['--json', '--root'],
    ['--root', '/there/is/nothing'],
    ['--only=vf'],
    ['vf'],
    ['--host', 'sim:x'],
    ['constructor'],
    ['--constructor'],
  ])('leaves the rest to the whole program: %s %s', (...words) => {
    expect(quickCall(['doctor', ...words], KNOWN)).toBeUndefined();
  });
});

/** The same line by the short way. */
async function quick(
  machine: { readonly context: Parameters<typeof typed>[0]['context'] },
  argv: readonly string[],
): Promise<Ran> {
  let [out, err] = ['', ''];
  const call = quickCall(argv, KNOWN);
  if (call === undefined) throw new Error('that is no quick line');
  const io: Io = {
    ...call.io,
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    colour: false,
    columns: 100,
  };
  return { code: await runQuickDoctor({ ...call, io, context: async () => machine.context }), out, err };
}

test('it says what the whole program says', async () => {
  const machine = await withoutItsVfs();
  for (const line of ['doctor', 'doctor --json', 'doctor --only vf', 'doctor --only nonsense', 'doctor --only nonsense --json'])
    expect(await quick(machine, line.split(' '))).toEqual(await typed(machine, line));
  const healthy = simulated('jasper-lake');
  expect(await quick(healthy, ['doctor'])).toEqual(await typed(healthy, 'doctor'));
});
