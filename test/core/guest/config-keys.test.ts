// SPDX-License-Identifier: AGPL-3.0-or-later
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ctKeyType } from '../../../src/core/guest/ct-keys.ts';
import { normalDrive } from '../../../src/core/guest/drive-value.ts';
import { isFastPlug, vmKeys, vmKeyType } from '../../../src/core/guest/vm-keys.ts';
import { checkVmValue } from '../../../src/core/guest/vm-value.ts';

const FILE = resolve(import.meta.dirname, '../../fixtures/pve/config-keys.json');
const api = JSON.parse(readFileSync(FILE, 'utf8')) as { readonly qemu: readonly string[]; readonly lxc: readonly string[] };

describe('the settings that PVE knows', () => {
  test('VM: those of its API, and what only snapshots and PVE itself write', () => {
    const names = new Set([...vmKeys()].map((key) => (api.qemu.includes(key) ? key : key.replace(/\d+$/, '[n]'))));
    for (const name of api.qemu) expect(names, name).toContain(name);
    expect([...names].filter((name) => !api.qemu.includes(name)).sort()).toEqual([
      'meta',
      'parent',
      'running-nets-host-mtu',
      'runningcpu',
      'runningmachine',
      'snaptime',
      'vmstate',
    ]);
  });

  test('container: those of its API', () => {
    for (const name of api.lxc) expect(ctKeyType(name.replace('[n]', '0')), name).toBeDefined();
    expect([ctKeyType('dev255'), ctKeyType('dev256'), ctKeyType('hostpci0'), ctKeyType('snaptime')]).toEqual([
      'string',
      undefined,
      undefined,
      'integer',
    ]);
  });

  test('numbers end where PVE ends them', () => {
    expect(['hostpci15', 'scsi30', 'net31', 'numa7'].map(vmKeyType)).not.toContain(undefined);
    expect(['hostpci16', 'scsi31', 'net32', 'numa8', 'toString'].map(vmKeyType)).toEqual(Array(5).fill(undefined));
    expect(['hookscript', 'tags', 'ipconfig0'].every(isFastPlug)).toBe(true);
    expect(['hostpci0', 'args', 'vga', 'machine'].some(isFastPlug)).toBe(false);
  });
});

describe('values', () => {
  test.each([
    ['onboot', 'Yes', '1'],
    ['onboot', 'off', '0'],
    ['cores', '04', '4'],
    ['cpulimit', '1.5', '1.5'],
    ['bios', '"ovmf"', 'ovmf'],
    ['agent', '1,type=isa', '1,type=isa'],
    ['machine', 'type=q35,viommu=intel', 'type=q35,viommu=intel'],
    ['vga', 'std,memory=32', 'std,memory=32'],
    ['tags', 'b;a,c d', 'b;a,c d'],
    ['hookscript', 'local:snippets/h.sh', 'local:snippets/h.sh'],
  ])('%s: %s is kept', (key, value, kept) => {
    expect(checkVmValue(key, value)).toEqual({ ok: true, value: kept });
  });

  test.each([
    ['onboot', 'maybe'],
    ['cores', '-1'],
    ['cpulimit', '1.'],
    ['agent', 'perhaps'],
    ['machine', 'foo'],
    ['vga', 'nope'],
    ['memory', '64M'],
    ['tags', '-x'],
    ['hookscript', '/var/lib/vz/snippets/h.sh'],
    ['scsi0', 'media=cdrom'],
    ['colour', 'red'],
  ])('%s: %s is dropped', (key, value) => {
    expect(checkVmValue(key, value).ok).toBe(false);
  });

  test.each([
    ['local:1/x.raw,size=1048576K,ssd=on,cyls=5', 'local:1/x.raw,size=1G,ssd=1'],
    ['size=1536M,file=none,media=cdrom', 'none,media=cdrom,size=1536M'],
    ['a:b,size=100', 'a:b,size=100'],
  ])('disk %s', (value, normal) => {
    expect(normalDrive(value)).toBe(normal);
  });
});
