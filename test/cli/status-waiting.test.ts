// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { EXIT } from '../../src/cli/exit-code.ts';
import { simulated } from '../app/simulated.ts';
import { jsonOf, mustType, typed } from './command-line.ts';

test('status says that a set-up waits for a reboot, then for the confirmation, then nothing', async () => {
  const machine = simulated('raptor-lake-s-untouched', { unitRunner: async () => undefined });
  const waiting = async () => jsonOf(await mustType(machine, 'status --json')).waiting;
  expect(await waiting()).toEqual([]);
  expect((await typed(machine, 'apply sriov --yes')).code).toBe(EXIT.rebootNeeded);
  expect((await typed(machine, 'status')).out).toContain(
    'waits for a reboot: the set-up takes effect with it, under kernel 7.0.14-12-pve',
  );
  expect(await machine.node.reboot()).toEqual({ booted: true });
  expect(await waiting()).toMatchObject([{ until: 'confirmation' }]);
  expect((await typed(machine, 'status')).out).toContain('waits for a confirmation: ');
  await mustType(machine, 'boot');
  await mustType(machine, 'confirm --yes');
  expect(await waiting()).toEqual([]);
});

test('status says that a pinned kernel does not run yet', async () => {
  const machine = simulated('raptor-lake-s-untouched');
  await mustType(machine, 'kernel pin 6.17.9-1-pve --yes');
  expect((await mustType(machine, 'status')).out).toContain(
    'waits for a reboot: kernel 6.17.9-1-pve is pinned, and 7.0.14-12-pve runs',
  );
  expect(await machine.node.reboot()).toEqual({ booted: true });
  expect(jsonOf(await mustType(machine, 'status --json')).waiting).toEqual([]);
});
