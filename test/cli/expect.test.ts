// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { simulated } from '../app/simulated.ts';
import { jsonOf, mustType, typed } from './command-line.ts';

async function digestOf(machine: ReturnType<typeof simulated>): Promise<string> {
  const planned = jsonOf(await typed(machine, 'plan gvt-d --json')) as unknown as { plans: readonly { digest: string }[] };
  return planned.plans[0]?.digest ?? '';
}

test('what was agreed on elsewhere is done by its digest', async () => {
  const machine = simulated('raptor-lake-s');
  const digest = await digestOf(machine);
  expect(digest).toMatch(/^[0-9a-f]{64}$/);
  expect(await digestOf(machine)).toBe(digest);
  expect((await typed(machine, `apply gvt-d --yes --expect ${digest}`)).code).toBe(4);
});

test('and not when the plan has become another one', async () => {
  const machine = simulated('raptor-lake-s');
  const digest = await digestOf(machine);
  machine.node.machine.tree.setFile('/etc/modprobe.d/vfio.conf', 'options vfio-pci disable_vga=1\n');
  await mustType(machine, 'vf create 2 --yes');
  const before = machine.lasting();
  const ran = await typed(machine, `apply gvt-d --yes --expect ${digest}`);
  expect(ran.code).toBe(5);
  expect(ran.err).toContain('not what was agreed on');
  expect(machine.lasting()).toEqual(before);
});
