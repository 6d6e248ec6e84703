// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { configDigest } from '../../../src/core/guest/digest.ts';
import { runningContainers, vmidOfCmdline } from '../../../src/core/guest/guest-process.ts';
import { isReservationLive, parseReservations, printReservations } from '../../../src/core/guest/reservations.ts';
import { parseSnippetStorages } from '../../../src/core/guest/storage-config.ts';
import { parseSnippetVolid, snippetPath } from '../../../src/core/guest/volid.ts';

describe('the reservation file', () => {
  test('is read as PVE reads it: garbage is ignored, the last line of a device counts', () => {
    const text =
      '0000:00:02.3 108 pid:4242\n0000:00:02.1 101 time:1700000035\ngarbage\n0000:00:02.3  9 pid:1\n0000:00:02.3 109 pid:7\n';
    expect(parseReservations(text)).toEqual([
      { pciId: '0000:00:02.1', vmid: 101, timeSec: 1700000035 },
      { pciId: '0000:00:02.3', vmid: 109, pid: 7 },
    ]);
    expect(parseReservations('')).toEqual([]);
  });

  test('is written sorted, as PVE wrote it', () => {
    const text = '0000:00:02.1 101 pid:4242\n0000:00:02.3 108 time:1700000000\n';
    expect(printReservations([...parseReservations(text)].reverse())).toBe(text);
    expect(printReservations([])).toBe('');
  });

  test('holds only while its guest runs under that pid, or until its time', () => {
    const [timed, byPid] = parseReservations('0000:00:02.1 101 time:1700000035\n0000:00:02.3 108 pid:42\n');
    expect(timed && isReservationLive(timed, undefined, 1700000034)).toBe(true);
    expect(timed && isReservationLive(timed, 101, 1700000035)).toBe(false);
    expect(byPid && isReservationLive(byPid, 42, 0)).toBe(true);
    expect(byPid && isReservationLive(byPid, 43, 0)).toBe(false);
    expect(byPid && isReservationLive(byPid, undefined, 0)).toBe(false);
  });
});

describe('processes', () => {
  test.each([
    ['/usr/bin/kvm\0-id\x00101\0-name\0t,debug-threads=on\0', 101],
    ['/usr/bin/qemu-system-x86_64\0-S\0-id\x007\0', 7],
    ['qemu-system-x86_64\0--id\x0012\0', 12],
    ['/usr/bin/kvm\0-id\0abc\0', undefined],
    ['/usr/bin/qemu-img/x\0-id\x00101\0', undefined],
    ['/usr/bin/vim\0-id\x00101\0', undefined],
    ['', undefined],
  ])('%j', (cmdline, vmid) => {
    expect(vmidOfCmdline(cmdline)).toBe(vmid);
  });

  test('containers are seen by the command socket of their monitor', () => {
    const text =
      'Num       RefCount Protocol Flags    Type St Inode Path\n' +
      '0000000000000000: 00000002 00000000 00010000 0001 01 12345 @/var/lib/lxc/200/command\n' +
      '0000000000000000: 00000002 00000000 00010000 0001 01 12346 @/var/lib/lxc/201/command/x\n' +
      '0000000000000000: 00000003 00000000 00000000 0001 03 12347 /var/lib/lxc/202/command\n';
    expect([...runningContainers(text)]).toEqual([200]);
  });
});

describe('snippets', () => {
  const CFG =
    'dir: local\n\tpath /var/lib/vz\n\tcontent iso,vztmpl\n\n# note\ndir: d2\n\tdisable\n\tpath /srv/d2/\n\tcontent snippets\n\n' +
    'nfs: nas\n\tserver 10.0.0.1\n\texport /x\n\tcontent snippets,iso\n\tcontent-dirs snippets=/hooks/\n\nlvmthin: local-lvm\n\tthinpool data\n';

  test('lie in storages with folders; local is always there', () => {
    expect(parseSnippetStorages(CFG)).toEqual([
      { storage: 'local', path: '/var/lib/vz/snippets', allowsSnippets: false },
      { storage: 'd2', path: '/srv/d2/snippets', allowsSnippets: true },
      { storage: 'nas', path: '/mnt/pve/nas/hooks', allowsSnippets: true },
    ]);
    expect(parseSnippetStorages('')).toEqual([{ storage: 'local', path: '/var/lib/vz/snippets', allowsSnippets: true }]);
  });

  test('are found by their volume id', () => {
    const storages = parseSnippetStorages(CFG);
    expect(snippetPath('d2:snippets/h.sh', storages)).toBe('/srv/d2/snippets/h.sh');
    expect(snippetPath('nowhere:snippets/h.sh', storages)).toBeUndefined();
  });

  // As qm set --hookscript refused them on Proxmox VE 9.2.11.
  test.each([
    'local:iso/h.sh',
    '/var/lib/vz/snippets/h.sh',
    'local:snippets/../h.sh',
    'local:snippets/sub/h.sh',
    '',
    'local:snippets/..',
  ])('%j is no snippet', (volid) => {
    expect(parseSnippetVolid(volid)).toBeUndefined();
  });
});

test("PVE's digest is SHA-1 of the raw bytes", () => {
  expect(configDigest('')).toBe('da39a3ee5e6b4b0d3255bfef95601890afd80709');
  expect(configDigest('ü\n')).toBe(configDigest(Uint8Array.of(0xc3, 0xbc, 0x0a)));
});
