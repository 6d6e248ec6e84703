// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { COMMANDS } from '../../src/cli/command-table.ts';
import { type Keyboard, runShell } from '../../src/cli/demo/shell.ts';
import { stageOf } from '../../src/cli/demo/stage.ts';
import type { Io } from '../../src/cli/io.ts';
import { composeSimulated } from '../../src/main/compose.ts';

/** The shell of the demo with these lines typed; everything that was printed. */
async function shell(...lines: readonly string[]): Promise<string> {
  let printed = '';
  const write = (text: string) => {
    printed += text;
  };
  const io: Io = { out: write, err: write, colour: false, columns: 100, interactive: true, confirm: async () => true };
  const left = [...lines];
  const keyboard: Keyboard = { enter: async () => true, line: async () => left.shift(), close: () => undefined };
  const log = { info: write, warn: write };
  const machine = await composeSimulated({ profile: 'raptor-lake-s', log });
  if (!machine.ok) throw new Error(machine.problem.message);
  expect(await runShell(stageOf(machine.value, COMMANDS, io), keyboard)).toBe(0);
  return printed;
}

test.each(['ls', 'rm -rf /', 'uname --all', 'y'])(
  '%s, which the simulation does not know, is answered as a shell does',
  async (line) => {
    const printed = await shell(line, 'pveigpu vf list', 'exit', 'never typed');
    expect(printed).toMatch(/the simulated node has no .*\. Try pveigpu/);
    expect(printed).toContain('0000:00:02.0  GPU');
    expect(printed).not.toMatch(/fault|never/);
  },
);

test('commands act on one node, up to its reboot and the end of input', async () => {
  const printed = await shell(
    'pveigpu assign 101 --vf 2',
    '',
    'qm start 101',
    'pveigpu assignments',
    'reboot',
    'pveigpu vf list',
  );
  expect(printed).toContain('VM 101: ready for hostpci0: 0000:00:02.2.');
  expect(printed).toMatch(/VM 101 +yes +pinned VF +0000:00:02.2 +0000:00:02.2/);
  const [, after = ''] = printed.split('The node has rebooted.');
  expect(after).not.toContain('VF 2');
});
