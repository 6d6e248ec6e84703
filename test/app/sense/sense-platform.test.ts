// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { memoryHost } from '../../../src/adapters/host-memory.ts';
import { sensePlatform } from '../../../src/app/sense/sense-platform.ts';
import { machine } from '../../support/machine.ts';
import { knownValue } from './known-value.ts';

const processor = (number: number) =>
  `processor\t: ${number}\nvendor_id\t: GenuineIntel\nmodel name\t: 12th Gen Intel(R) Core(TM) i7-1260P\nmicrocode\t: 0x436\nflags\t\t: fpu vme ${'xyz '.repeat(400)}vmx smx\n\n`;
const SECURE_BOOT = '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c';

test('an EFI machine with Secure Boot, an IOMMU and a management engine', async () => {
  const there = machine()
    .withGpu()
    .withFile('/proc/cpuinfo', processor(0))
    .withFile('/sys/class/dmi/id/board_vendor', 'Intel Corporation\n')
    .withFile('/sys/class/dmi/id/board_name', 'NUC12WSBi7\n')
    .withFile('/sys/class/dmi/id/product_name', 'NUC12WSKi7\n')
    .withFile('/sys/class/dmi/id/bios_version', 'WSADL357.0085\x1b[31m\n')
    .withFile('/sys/class/dmi/id/bios_date', '10/12/2022\n')
    .withFile('/sys/class/mei/mei0/fw_ver', '0:16.0.15.1735\n0:16.0.15.1735\n0:16.0.15.1723\n')
    .withFile('/sys/firmware/acpi/tables/DMAR', '')
    .withFile(SECURE_BOOT, new Uint8Array([6, 0, 0, 0, 1]));
  expect(knownValue(await sensePlatform(memoryHost(there.tree)))).toEqual({
    cpuModel: { state: 'known', value: '12th Gen Intel(R) Core(TM) i7-1260P' },
    cpuVendor: { state: 'known', value: 'GenuineIntel' },
    hasVmx: true,
    microcode: { state: 'known', value: '0x436' },
    boardVendor: { state: 'known', value: 'Intel Corporation' },
    boardName: { state: 'known', value: 'NUC12WSBi7' },
    productName: { state: 'known', value: 'NUC12WSKi7' },
    biosVersion: { state: 'known', value: 'WSADL357.0085\\x1b[31m' },
    biosDate: { state: 'known', value: '10/12/2022' },
    meVersion: { state: 'known', value: '16.0.15.1735' },
    efi: true,
    secureBoot: { state: 'known', value: true },
    iommus: ['dmar0'],
    dmarTable: true,
  });
});

test('a legacy machine tells less, and that is no failure', async () => {
  const facts = knownValue(await sensePlatform(memoryHost(machine().tree)));
  expect(facts).toMatchObject({ efi: false, secureBoot: { state: 'absent' }, iommus: [], dmarTable: false, hasVmx: false });
  expect(facts.cpuModel).toEqual({ state: 'absent' });
});

test('of a huge cpuinfo only the first processor is read', async () => {
  const tree = machine().withFile('/proc/cpuinfo', Array.from({ length: 512 }, (_, number) => processor(number)).join('')).tree;
  const host = memoryHost(tree);
  let largest = 0;
  const read = host.read.bind(host);
  host.read = async (path, options) => {
    const answer = await read(path, options);
    if (path === '/proc/cpuinfo' && answer.kind === 'content') largest = answer.value.length;
    return answer;
  };
  expect(knownValue(await sensePlatform(host)).hasVmx).toBe(true);
  expect(largest).toBeGreaterThan(1000);
  expect(largest).toBeLessThanOrEqual(16 * 1024);
});

test('unreadable and damaged values say so', async () => {
  const tree = machine()
    .withFile('/proc/cpuinfo', '')
    .withFile(SECURE_BOOT, new Uint8Array([6, 0, 0])).tree;
  tree.set('/sys/class/dmi/id/board_name', { kind: 'file', content: '', mode: 0o400, uid: 0, gid: 0, unreadable: 'EACCES' });
  const facts = knownValue(await sensePlatform(memoryHost(tree)));
  expect(facts.boardName).toEqual({ state: 'unknown', reason: '/sys/class/dmi/id/board_name cannot be read (EACCES)' });
  expect(facts.secureBoot).toEqual({ state: 'unknown', reason: `${SECURE_BOOT} has 3 bytes instead of 5` });
});

test('an IOMMU that cannot be looked at is not one that is switched off', async () => {
  const host = memoryHost(machine().withGpu().tree, {
    onAccess: (_, path) => (path === '/sys/class/iommu' ? 'EACCES' : undefined),
  });
  expect(await sensePlatform(host)).toEqual({ state: 'unknown', reason: '/sys/class/iommu cannot be read (EACCES)' });
});

test('nor do firmware tables that cannot be looked at say that there is none', async () => {
  const onAccess = (_: string, path: string) => (path === '/sys/firmware/acpi/tables' ? 'EACCES' : undefined);
  expect((await sensePlatform(memoryHost(machine().tree, { onAccess }))).state).toBe('unknown');
  expect(knownValue(await sensePlatform(memoryHost(machine().withGpu().tree, { onAccess }))).iommus).toEqual(['dmar0']);
});
