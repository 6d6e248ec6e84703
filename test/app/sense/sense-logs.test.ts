// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { memoryHost } from '../../../src/adapters/host-memory.ts';
import { senseLogs } from '../../../src/app/sense/sense-logs.ts';
import { machine } from '../../support/machine.ts';

const LINE = '[    5.069911] xe 0000:00:02.0: [drm] Running in SR-IOV PF mode';
const answers = (exitCode: number, stdout: string, stderr = '') => ({ programs: { dmesg: { exitCode, stdout, stderr } } });

test('keeps what matters of dmesg, escapes made visible', async () => {
  const text = `[    1.0] usb 1-1: new device\n${LINE}\n[    6.0] i915 \x1b]0;title\x07: hello\n`;
  expect(await senseLogs(memoryHost(machine().tree, answers(0, text)))).toEqual({
    state: 'known',
    value: { lines: [LINE, '[    6.0] i915 \\x1b]0;title\\x07: hello'], truncated: false },
  });
});

test('where nothing can be run the saved boot messages do', async () => {
  const tree = machine().withFile('/var/log/dmesg', `${LINE}\n`).tree;
  expect(await senseLogs(memoryHost(tree))).toMatchObject({ state: 'known', value: { lines: [LINE] } });
});

test('a refusal is unknown, with what was said', async () => {
  expect(
    await senseLogs(memoryHost(machine().tree, answers(1, '', 'dmesg: read kernel buffer failed: Operation not permitted\n'))),
  ).toEqual({
    state: 'unknown',
    reason: 'dmesg ended with 1: dmesg: read kernel buffer failed: Operation not permitted',
  });
  expect(await senseLogs(memoryHost(machine().tree))).toMatchObject({ state: 'unknown' });
});
