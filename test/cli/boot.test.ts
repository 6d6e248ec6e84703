// SPDX-License-Identifier: AGPL-3.0-or-later
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Context } from '../../src/app/context.ts';
import { COMMANDS } from '../../src/cli/command-table.ts';
import type { Io } from '../../src/cli/io.ts';
import { runCommandLine } from '../../src/cli/program.ts';
import { VF_UDEV_RULE } from '../../src/core/boot/vf-udev-rule.ts';
import { simulated } from '../app/simulated.ts';

const KEY = '0000:00:02.0 8086:a780 1458:d000';

/** Tests run in a process that may be older than the limit. */
const { uptime } = process;
beforeEach(() => {
  process.uptime = () => 0.1;
});
afterEach(() => {
  process.uptime = uptime;
});

async function typed(line: string, open: () => Promise<Context>) {
  let [out, err] = ['', ''];
  const io: Io = {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    colour: false,
    columns: 100,
    interactive: false,
    confirm: async () => false,
  };
  const code = await runCommandLine(line.split(' '), COMMANDS, io, open, '1.2.3');
  return { code, out, err };
}

test('ends with 0 whether the VFs came or not', async () => {
  const node = simulated('raptor-lake-s');
  node.node.machine.tree.setFile(
    '/var/lib/pveigpu/desired.json',
    JSON.stringify({ format: 1, gpus: { [KEY]: { mode: 'sriov', numVfs: 2 } } }),
  );
  node.node.inject({ enableErrno: 'EIO' });
  const failed = await typed('boot', async () => node.context);
  expect([failed.code, failed.out]).toEqual([0, '']);
  expect(failed.err).toMatch(/^(<4>)?pveigpu: The GPU 0000:00:02\.0 has no VFs: .*EIO.*\n$/);
  node.node.inject({});
  const done = await typed('boot', async () => node.context);
  expect([done.code, done.err]).toEqual([0, '']);
  expect(done.out).toContain('pveigpu: The GPU 0000:00:02.0 has 2 VFs, ready for guests.\n');
});

test('ends with 0 even when we break', async () => {
  const { code, err } = await typed('boot', () => Promise.reject(new Error('no machine')));
  expect(code).toBe(0);
  expect(err).toContain('A fault in pveigpu itself: no machine');
});

test('the limit counts from the start of the process', async () => {
  process.uptime = () => 29;
  const node = simulated('raptor-lake-s');
  node.node.machine.tree.setFile(
    '/var/lib/pveigpu/desired.json',
    JSON.stringify({ format: 1, gpus: { [KEY]: { mode: 'sriov' } } }),
  );
  await node.node.poke('/sys/bus/pci/drivers/i915/unbind', '0000:00:02.0');
  expect((await typed('boot', async () => node.context)).err).toContain('within 1 s');
});

test('prints what packages install, without a machine', async () => {
  const none = () => Promise.reject(new Error('no machine'));
  expect(await typed('boot --rule', none)).toEqual({ code: 0, out: VF_UDEV_RULE, err: '' });
  expect((await typed('boot --unit', none)).out).toContain('ExecStart=-/usr/bin/pveigpu boot\n');
});
