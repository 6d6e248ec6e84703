// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { openCapture } from '../../src/adapters/host-capture.ts';
import { PveCli } from '../../src/adapters/pve-cli.ts';
import { recordCapture } from '../../src/app/capture.ts';
import { raptorLake, typed } from './command-line.ts';

test('a capture is read by every reading command, and by no writing one', async () => {
  const machine = raptorLake();
  const opened = openCapture((await recordCapture(machine.context.host)).text, 'capture:box');
  if (!opened.ok) throw new Error(opened.problem.message);
  const captured = { ...machine, context: { ...machine.context, host: opened.value, pve: new PveCli(opened.value) } };
  for (const line of [
    'status',
    'verdict',
    'vf list',
    'pool list',
    'assignments',
    'complete vmid',
    'complete bdf',
    'complete pool',
  ])
    expect({ line, ...(await typed(captured, line)) }).toEqual({ line, ...(await typed(machine, line)) });
  expect((await typed(captured, 'complete vmid')).out).toBe('100\n101\n102\n103\n200\n');
  for (const line of ['assign 101', 'unassign 101', 'vf create', 'vf remove', 'pool create', 'pool sync', 'pool remove']) {
    const { code, err } = await typed(captured, `${line} --yes`);
    expect({ line, code, err }).toMatchObject({ code: 6, err: expect.stringContaining('capture:box is only read') });
  }
});
