// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { simulated } from '../app/simulated.ts';
import { typed } from './command-line.ts';

test('the flags of the whole GPU reach the guest', async () => {
  const node = simulated('coffee-lake');
  node.node.machine.tree.setFile('/usr/share/kvm/vbios.rom', 'x');
  const line = 'assign 102 --mode gvt-d --machine pc --bios seabios --vga none --rom vbios.rom --handover --yes';
  const { code, err } = await typed(node, line);
  expect([code, err]).toEqual([0, '']);
  const config = node.config(102);
  for (const text of [
    'machine: pc-i440fx-10.1',
    'bios: seabios',
    'vga: none',
    'hostpci0: 0000:00:02.0,legacy-igd=1,romfile=vbios.rom',
  ])
    expect(config).toContain(`${text}\n`);
  expect(node.node.machine.tree.text('/var/lib/pveigpu/handover/102')).toBe('0000:00:02.0\n');
});

test.each([
  ['assign 103 --mode gvt-d --machine virt', '"virt" is no value for --machine'],
  ['assign 103 --mode gvt-d --bios uefi', '"uefi" is no value for --bios'],
  ['assign 103 --mode gvt-d --vga std', '"std" is no value for --vga'],
  ['assign 103 --handover', 'go with the whole GPU'],
])('%s is a usage error', async (line, message) => {
  const { code, err } = await typed(simulated('coffee-lake'), line);
  expect(code).toBe(2);
  expect(err).toContain(message);
});
