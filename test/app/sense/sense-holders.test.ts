// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { memoryHost } from '../../../src/adapters/host-memory.ts';
import { senseHolders } from '../../../src/app/sense/sense-holders.ts';
import { machine } from '../../support/machine.ts';
import { knownValue } from './known-value.ts';

const busy = () =>
  machine()
    .withProcess({ pid: 1, comm: 'systemd', cgroup: '/init.scope' })
    .withProcess({
      pid: 900,
      comm: 'kvm',
      argv: ['/usr/bin/kvm', '-id', '101', '-name', 'media,debug-threads=on'],
      cgroup: '/qemu.slice/101.scope',
      open: ['/dev/vfio/vfio', '/dev/vfio/18', '/dev/vfio/18', 'anon_inode:[vfio-device]'],
    })
    .withProcess({ pid: 950, comm: 'ffmpeg', cgroup: '/lxc/105/ns/system.slice/jellyfin.service', open: ['/dev/dri/renderD128'] })
    .withProcess({ pid: 970, comm: 'gone', open: ['/dev/dri/card0 (deleted)'] })
    .withProcess({ pid: 980, comm: 'idle', open: ['/dev/vfio/vfio', '/dev/drinks'] });

test('names the guest, the container and the nodes that each process has open', async () => {
  expect(knownValue(await senseHolders(memoryHost(busy().tree)))).toEqual({
    holders: [
      { pid: 900, command: 'kvm', vmid: 101, paths: ['/dev/vfio/18'] },
      { pid: 950, command: 'ffmpeg', ctid: 105, paths: ['/dev/dri/renderD128'] },
      { pid: 970, command: 'gone', paths: ['/dev/dri/card0'] },
    ],
    unreadableProcesses: 0,
  });
});

test('makes a hostile name visible', async () => {
  const tree = machine().withProcess({ pid: 7, comm: '\x1b[2J\u202eevil\nroot', open: ['/dev/dri/card0'] }).tree;
  expect(knownValue(await senseHolders(memoryHost(tree))).holders[0]?.command).toBe('\\x1b[2J\\u202eevil\\nroot');
});

test('skips a process that ends while it is read and counts one that may not be read', async () => {
  const there = busy();
  const host = memoryHost(there.tree, {
    onAccess: (operation, path) => {
      if (operation === 'readLink' && path === '/proc/950/fd/0') there.tree.remove('/proc/950');
      return operation === 'list' && path === '/proc/970/fd' ? 'EACCES' : undefined;
    },
  });
  const facts = knownValue(await senseHolders(host));
  expect(facts.holders.map((holder) => holder.pid)).toEqual([900]);
  expect(facts.unreadableProcesses).toBe(1);
});

test('a process whose links may not be read is counted too', async () => {
  const host = memoryHost(busy().tree, {
    onAccess: (operation, path) => (operation === 'readLink' && path.startsWith('/proc/1/') ? 'EACCES' : undefined),
  });
  expect(knownValue(await senseHolders(host)).unreadableProcesses).toBe(1);
});

test('looks only at the processes that were named', async () => {
  expect(knownValue(await senseHolders(memoryHost(busy().tree), { pids: [950, 4242] })).holders.map(({ pid }) => pid)).toEqual([
    950,
  ]);
});

test('without /proc nobody can tell', async () => {
  const there = busy();
  there.tree.remove('/proc');
  expect(await senseHolders(memoryHost(there.tree))).toMatchObject({ state: 'unknown' });
});
