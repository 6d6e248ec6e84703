// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GuestKind } from '../../../src/core/facts/guest-facts.ts';
import { rejectedLines } from '../../../src/core/guest/config-document.ts';
import { parseCtConfig } from '../../../src/core/guest/ct-config.ts';
import { guestSections } from '../../../src/core/guest/guest-sections.ts';
import { keptKey, keptLxc, keptValue } from '../../../src/core/guest/kept-keys.ts';
import { reduceGuestConfig } from '../../../src/core/guest/reduce-config.ts';
import { keptGuestFile, keptPoolConfig } from '../../../src/core/guest/reduce-runtime.ts';
import { keptStorageConfig, parseSnippetStorages } from '../../../src/core/guest/storage-config.ts';
import { parseVmConfig } from '../../../src/core/guest/vm-config.ts';
import { vmKeys } from '../../../src/core/guest/vm-keys.ts';
import { configText } from './config-text.ts';

const SECRETS = /secret|BC:24|5e0fae94|SECRET|ABC123|vm-1-disk|vm-1-state|a note/i;

describe('what facts keep of a guest', () => {
  test('leaves out names, notes, MACs, serials, UUIDs and disks', () => {
    const text = `#a note
args: -smbios type=1,serial=ABC123 -set device.hostpci0.x-igd-opregion=on
description: a note
efidisk0: local-lvm:vm-1-disk-1,size=4M
hostpci0: mapping=igpu-vf
name: secret-name
net0: virtio=BC:24:11:AA:BB:CC,bridge=vmbr0
serial0: /dev/serial/by-id/usb-SECRET
smbios1: uuid=5e0fae94-1111-2222-3333-444455556666

[PENDING]
delete: name,hostpci0
vga: none

[before]
hostpci0: 0000:00:02.1
snaptime: 1700000000
vmstate: local-lvm:vm-1-state-a
`;
    expect(guestSections('qemu', text)).toEqual({
      sections: [
        {
          name: 'current',
          keys: {
            args: '-smbios _ -set device.hostpci0.x-igd-opregion=on',
            efidisk0: 'present',
            hostpci0: 'mapping=igpu-vf',
            serial0: 'device',
          },
        },
        { name: 'pending', keys: { vga: 'none' }, deletes: ['hostpci0'] },
        { name: 'before', snapshot: true, keys: { hostpci0: '0000:00:02.1', snaptime: '1700000000', vmstate: 'present' } },
      ],
      rejectedLines: [],
    });
    expect(reduceGuestConfig('qemu', text)).not.toMatch(SECRETS);
  });

  test('names a rejected line by its number, and by its key where PVE knows that', () => {
    const text = 'memory: lots\nsecretkey: secret\n[x y]\nmemory: 1\n';
    expect(guestSections('qemu', text).rejectedLines).toEqual(['line 1: memory', 'line 2', 'line 3']);
    expect(reduceGuestConfig('qemu', text)).toBe('memory: ?\n?\n[?]\n\n');
  });

  test('keeps the graphics part of a container', () => {
    expect(keptKey('lxc', 'dev12')).toBe(true);
    expect(keptKey('lxc', 'dev')).toBe(false);
    expect(keptKey('lxc', 'hostname')).toBe(false);
    expect(keptValue('dev0', 'path=/dev/dri/renderD128,gid=104')).toBe('path=/dev/dri/renderD128,gid=104');
    expect(keptValue('dev0', '/dev/disk/by-id/ata-SECRET')).toBe('device');
    expect(keptLxc('lxc.cgroup2.devices.allow', 'c 226:* rwm')).toBe(true);
    expect(keptLxc('lxc.mount.entry', '/home/secret home none bind')).toBe(false);
  });

  test('keeps few of the settings that PVE knows, and never a secret one', () => {
    const kept = [...vmKeys()].filter((key) => keptKey('qemu', key));
    expect(kept).toEqual(expect.arrayContaining(['hostpci0', 'hostpci15', 'args', 'hookscript', 'vga', 'vmstate']));
    for (const key of [
      'name',
      'description',
      'net0',
      'smbios1',
      'vmgenid',
      'scsi0',
      'sshkeys',
      'cipassword',
      'ciuser',
      'ipconfig0',
      'meta',
      'unused0',
    ])
      expect(kept).not.toContain(key);
  });

  test.each(['qemu', 'lxc'] as readonly GuestKind[])(
    '%s: the reduced text gives the same facts, and no secret is left',
    (kind) => {
      fc.assert(
        fc.property(configText(kind), (text) => {
          const reduced = reduceGuestConfig(kind, text);
          expect(guestSections(kind, reduced)).toEqual(guestSections(kind, text));
          expect(reduceGuestConfig(kind, reduced)).toBe(reduced);
          expect(reduced).not.toMatch(SECRETS);
          const document = kind === 'qemu' ? parseVmConfig(text) : parseCtConfig(text);
          const numbers = rejectedLines(document).map((one) => `line ${one.line}`);
          expect(guestSections(kind, text).rejectedLines.map((line) => line.split(':')[0])).toEqual(numbers);
        }),
        { numRuns: 500 },
      );
    },
  );
});

describe('what a capture keeps of the other files', () => {
  test('pools without notes', () => {
    const map = 'id=8086:4680,node=a,path=0000:00:02.1';
    expect(keptPoolConfig(`igpu\n\tmap ${map},description=secret\n\tmap ${map}\n\tdescription secret\n\tmdev 1\n`)).toBe(
      `igpu\n\tmap ${map}\n\tmap ${map}\n\tmdev 1\n\n`,
    );
  });

  test('storages without servers and users', () => {
    const text =
      'dir: local\n\tpath /var/lib/vz\n\tcontent snippets,iso\n\ncifs: nas\n\tserver secret\n\tshare secret\n\tusername secret\n\nlvmthin: l\n\tvgname secret\n';
    const kept = keptStorageConfig(text);
    expect(kept).toBe('dir: local\n\tpath /var/lib/vz\n\tcontent snippets,iso\n\ncifs: nas\n\n');
    expect(parseSnippetStorages(kept)).toEqual(parseSnippetStorages(text));
  });

  test('of processes and sockets only what tells who runs', () => {
    expect(keptGuestFile('/proc/4242/cmdline', '/usr/bin/kvm\0-id\x00101\0-name\0secret\0')).toBe('/usr/bin/kvm\0-id\x00101\0');
    expect(keptGuestFile('/proc/4242/cmdline', '/usr/bin/ssh\0secret\0')).toBe('');
    const line = '0000000000000000: 00000002 00000000 00010000 0001 01 12345 @/var/lib/lxc/200/command';
    expect(
      keptGuestFile('/proc/net/unix', `Num RefCount\n${line}\n${line.replace('@/var/lib/lxc/200/command', '/run/secret')}\n`),
    ).toBe(`${line}\n`);
    expect(keptGuestFile('/proc/stat', 'cpu 1 2\nbtime 1700000000\nprocesses 3\n')).toBe('btime 1700000000\n');
    expect(keptGuestFile('/etc/pve/nodes/a/qemu-server/101.conf', 'name: secret\nvga: none\n')).toBe('\nvga: none\n');
    expect(keptGuestFile('/etc/pve/nodes/a/lxc/200.conf', 'hostname: secret\n')).toBe('\n');
    expect(keptGuestFile('/run/qemu-server/101.pid', '4242\n')).toBe('4242\n');
    expect(keptGuestFile('/etc/pve/priv/shadow.cfg', 'secret')).toBeUndefined();
  });
});
