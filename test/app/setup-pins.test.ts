// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { typed } from '../cli/command-line.ts';
import { simulated } from './simulated.ts';

const PIN = '/etc/kernel/proxmox-boot-pin';

test('a pin of ours stays while a GPU rests on it, and goes with the last one', async () => {
  const machine = simulated('arc-pro');
  const { tree } = machine.node.machine;
  const lines = ['apply gvt-d --gpu 00:02.0 --kernel 6.17 --yes', 'apply sriov --gpu 03:00.0 --yes'];
  for (const line of lines) expect((await typed(machine, line)).code).toBe(4);
  expect(await machine.node.reboot()).toEqual({ booted: true });
  expect(tree.text(PIN)).toBe('6.17.9-1-pve\n');

  const first = await typed(machine, 'apply host --gpu 03:00.0 --yes');
  expect([first.code, tree.text(PIN)]).toEqual([0, '6.17.9-1-pve\n']);
  expect((await typed(machine, 'plan')).out).toContain('nothing to do');

  await typed(machine, 'apply host --gpu 00:02.0 --yes');
  expect(tree.text(PIN)).toBeUndefined();
  expect(await machine.node.reboot()).toEqual({ booted: true });
  expect((await machine.must('uname', '-r')).trim()).toBe('7.0.0-3-pve');
});
