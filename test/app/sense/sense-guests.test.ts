// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { type MemoryOptions, memoryHost } from '../../../src/adapters/host-memory.ts';
import { readGuestConfig } from '../../../src/app/sense/read-guest-files.ts';
import { senseGuests } from '../../../src/app/sense/sense-guests.ts';
import { FileTree } from '../../../src/core/files/file-tree.ts';
import { configDigest } from '../../../src/core/guest/digest.ts';
import { keptGuestFile } from '../../../src/core/guest/reduce-runtime.ts';
import { knownValue } from './known-value.ts';
import { pveTree } from './pve-tree.ts';

const failing = (path: string, errno: string): MemoryOptions => ({
  onAccess: (operation, at) => (at === path && operation !== 'write' ? errno : undefined),
});

describe('senseGuests', () => {
  test('reads every guest of the cluster, and who of this node runs', async () => {
    const { guests, unreadable } = knownValue(await senseGuests(memoryHost(pveTree())));
    expect(unreadable).toEqual([]);
    expect(guests.map((guest) => [guest.vmid, guest.kind, guest.node, guest.running])).toEqual([
      [101, 'qemu', 'pvelab', { state: 'known', value: true }],
      [102, 'qemu', 'pvelab', { state: 'known', value: false }],
      [200, 'lxc', 'pvelab', { state: 'known', value: true }],
      [300, 'qemu', 'other', { state: 'absent' }],
    ]);
    expect(guests[0]?.sections).toEqual([
      { name: 'current', keys: { hookscript: 'local:snippets/pveigpu-hook', hostpci0: 'mapping=igpu-vf' } },
    ]);
  });

  test('reads one guest alone, without touching the others', async () => {
    const read: string[] = [];
    const host = memoryHost(pveTree(), {
      onAccess: (operation, path) => {
        if (operation === 'read') read.push(path);
        return undefined;
      },
    });
    const { guests } = knownValue(await senseGuests(host, { vmids: [101] }));
    expect(guests.map((guest) => guest.vmid)).toEqual([101]);
    expect(read.filter((path) => path.endsWith('.conf'))).toEqual(['/etc/pve/nodes/pvelab/qemu-server/101.conf']);
    expect(read).not.toContain('/run/qemu-server/102.pid');
  });

  test('without /etc/pve nothing is known: it is never "no guests"', async () => {
    const tree = new FileTree();
    tree.setDirectory('/etc/pve');
    expect(await senseGuests(memoryHost(tree))).toEqual({
      state: 'unknown',
      reason: '/etc/pve is not mounted, so the guests are not known',
    });
    expect(await senseGuests(memoryHost(pveTree(), failing('/etc/pve/nodes', 'EACCES')))).toMatchObject({ state: 'unknown' });
  });

  test('lists what it could not read', async () => {
    const path = '/etc/pve/nodes/pvelab/qemu-server/101.conf';
    const denied = knownValue(await senseGuests(memoryHost(pveTree(), failing(path, 'EIO'))));
    expect(denied.guests.map((guest) => guest.vmid)).toEqual([102, 200, 300]);
    expect(denied.unreadable).toEqual([{ vmid: 101, kind: 'qemu', reason: `${path} cannot be read (EIO)` }]);
    const folder = '/etc/pve/nodes/pvelab/lxc';
    const listless = knownValue(await senseGuests(memoryHost(pveTree(), failing(folder, 'EACCES'))));
    expect(listless.unreadable).toEqual([{ vmid: 0, kind: 'lxc', reason: `${folder} cannot be read (EACCES)` }]);
  });

  test('lists a guest that vanishes while it is read', async () => {
    const tree = pveTree();
    const path = '/etc/pve/nodes/pvelab/qemu-server/101.conf';
    const host = memoryHost(tree, {
      onAccess: (operation, at) => {
        if (operation === 'read' && at === path) tree.remove(path);
        return undefined;
      },
    });
    expect(knownValue(await senseGuests(host)).unreadable).toEqual([
      { vmid: 101, kind: 'qemu', reason: `${path} vanished while it was read` },
    ]);
  });

  test('does not know who runs where it may not look', async () => {
    const { guests } = knownValue(await senseGuests(memoryHost(pveTree(), failing('/run/qemu-server', 'EACCES'))));
    expect(guests[0]?.running).toEqual({ state: 'unknown', reason: '/run/qemu-server cannot be read (EACCES)' });
    expect(guests[2]?.running).toEqual({ state: 'known', value: true });
    const one = knownValue(await senseGuests(memoryHost(pveTree(), failing('/proc/4242/cmdline', 'EACCES'))));
    expect(one.guests[0]?.running).toMatchObject({ state: 'unknown' });
    const none = pveTree();
    none.remove('/run/qemu-server');
    none.remove('/proc/net/unix');
    const still = knownValue(await senseGuests(memoryHost(none)));
    expect(still.guests.map((guest) => guest.running.state)).toEqual(['known', 'known', 'unknown', 'absent']);
  });

  test('gives the same facts from what a capture keeps', async () => {
    const tree = pveTree({
      '/etc/pve/nodes/pvelab/qemu-server/103.conf': '#note\nname: x\nmemory: lots\nargs: -uuid 1 -S\n[a b]\nx: 1\n',
    });
    const kept = new FileTree();
    kept.setLink('/etc/pve/local', 'nodes/pvelab');
    for (const { path } of tree.walk()) {
      const text = tree.text(path);
      const reduced = text === undefined ? undefined : keptGuestFile(path, text);
      if (reduced !== undefined) kept.setFile(path, reduced);
    }
    expect(await senseGuests(memoryHost(kept))).toEqual(await senseGuests(memoryHost(tree)));
  });
});

describe('readGuestConfig', () => {
  test('gives the whole text with its digest, of a VM or a container of this node', async () => {
    const host = memoryHost(pveTree());
    const read = await readGuestConfig(host, 101);
    expect(read).toMatchObject({ ok: true, value: { kind: 'qemu', vmid: 101, node: 'pvelab' } });
    if (read.ok) expect(read.value.digest).toBe(configDigest(read.value.text));
    expect(await readGuestConfig(host, 200)).toMatchObject({ ok: true, value: { kind: 'lxc' } });
  });

  test('fails with what is wrong', async () => {
    expect(await readGuestConfig(memoryHost(pveTree()), 300)).toMatchObject({ ok: false, problem: { code: 'guest.unknown' } });
    expect(await readGuestConfig(memoryHost(new FileTree()), 101)).toMatchObject({ ok: false, problem: { code: 'pve.absent' } });
    const denied = memoryHost(pveTree(), failing('/etc/pve/nodes/pvelab/qemu-server/101.conf', 'EIO'));
    expect(await readGuestConfig(denied, 101)).toMatchObject({ ok: false, problem: { code: 'host.read' } });
  });
});
