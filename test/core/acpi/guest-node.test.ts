// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { guestNode } from '../../../src/core/acpi/guest-node.ts';
import { nodePath } from '../../../src/core/acpi/rom-method.ts';

const path = (config: { readonly [key: string]: string }, index: number) => {
  const node = guestNode(config, index);
  return node.ok ? nodePath(node.value) : node.problem.message;
};
const at = (machine: string | undefined, index: number, more = '') =>
  path({ ...(machine === undefined ? {} : { machine }), [`hostpci${index}`]: `0000:01:00.0${more}` }, index);
const all = Array.from({ length: 16 }, (_, index) => index);

// Read out of the DSDT of guests with PVE's command line (QEMU 7.2, 10.0, 11.1).
test('q35 with pcie=1: below its root port', () => {
  const ports = 'SE0 SE1 SE2 SE3 S80 S81 S82 S83 S84 S85 S86 S87 S88 S89 S8A S8B'.split(' ');
  expect(all.map((index) => at('q35', index, ',pcie=1'))).toEqual(ports.map((port) => `\\_SB.PCI0.${port}.S00`));
  expect(at('pc-q35-9.2+pve1,viommu=intel', 0, ',pcie=on')).toBe('\\_SB.PCI0.SE0.S00');
});

test('i440fx: on the first bus, or behind its second bridge', () => {
  const slots =
    'S80 S88 SD8 SE0 SF8.S68 SF8.S70 SF8.S78 SF8.S80 SF8.S88 SF8.S90 SF8.S98 SF8.SA0 SF8.SA8 SF8.SB0 SF8.SB8 SF8.SC0'.split(' ');
  expect(all.map((index) => at(undefined, index))).toEqual(slots.map((slot) => `\\_SB.PCI0.${slot}`));
  expect(at('pc-i440fx-9.0', 1)).toBe('\\_SB.PCI0.S88');
});

test('q35 without pcie: behind the bridges of PVE’s file', () => {
  expect([0, 1, 2, 4].map((index) => at('q35', index))).toEqual([
    '\\_SB.PCI0.SF0.S08.S80',
    '\\_SB.PCI0.SF0.S08.S88',
    '\\_SB.PCI0.SF0.S08.SD8',
    '\\_SB.PCI0.SF0.S18.S68',
  ]);
});

test('the address of the node', () => {
  expect(guestNode({ hostpci1: '0000:01:00.0' }, 1)).toMatchObject({ value: { address: 0x110000 } });
  expect(guestNode({ machine: 'q35', hostpci1: '0000:01:00.0,pcie=1' }, 1)).toMatchObject({ value: { address: 0 } });
});

test('where no node is known', () => {
  expect(path({}, 0)).toBe('The guest has no hostpci0.');
  expect(path({ hostpci0: 'nonsense,' }, 0)).toContain('not valid');
  expect(path({ hostpci0: '0000:01:00.0', hostpci1: '0000:00:02.0,legacy-igd=1' }, 0)).toContain('legacy mode');
  expect(path({ machine: 'q35', ostype: 'win7', hostpci0: '0000:01:00.0,pcie=1' }, 0)).toContain('Windows 7');
  expect(path({ arch: 'aarch64', hostpci0: '0000:01:00.0' }, 0)).toContain('none of x86');
});
