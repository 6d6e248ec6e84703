// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { memoryHost } from '../../../src/adapters/host-memory.ts';
import { senseReservations } from '../../../src/app/sense/sense-reservations.ts';
import { knownValue } from './known-value.ts';
import { pveTree } from './pve-tree.ts';

const FILE = '/run/qemu-server/pci-id-reservations';
const TEXT =
  '0000:00:02.1 101 pid:4242\n0000:00:02.2 101 pid:4243\n0000:00:02.3 102 pid:77\n0000:00:02.4 103 pid:9\n0000:00:02.5 104 time:1700000100\n';

async function live(files: { readonly [path: string]: string }, nowMs?: number): Promise<readonly string[]> {
  const host = memoryHost(pveTree({ [FILE]: TEXT, ...files }));
  const facts = knownValue(await senseReservations(host, nowMs === undefined ? {} : { nowMs }));
  return facts.reservations.filter((one) => one.live).map((one) => one.pciId);
}

describe('senseReservations', () => {
  test('counts a line while its guest runs under that very pid, or until its time', async () => {
    expect(await live({}, 1700000099_000)).toEqual(['0000:00:02.1', '0000:00:02.5']);
    expect(await live({}, 1700000101_000)).toEqual(['0000:00:02.1']);
  });

  test('takes the time from the machine itself; without one it keeps off', async () => {
    expect(await live({ '/proc/stat': 'cpu 1\nbtime 1700000000\n', '/proc/uptime': '99.5 1.0\n' })).toContain('0000:00:02.5');
    expect(await live({ '/proc/stat': 'cpu 1\nbtime 1700000000\n', '/proc/uptime': '100.5 1.0\n' })).not.toContain(
      '0000:00:02.5',
    );
    expect(await live({})).toContain('0000:00:02.5');
  });

  test('counts where it may not look whether the guest runs', async () => {
    const host = memoryHost(pveTree({ [FILE]: TEXT }), {
      onAccess: (_operation, path) => (path === '/proc/77/cmdline' ? 'EACCES' : undefined),
    });
    const { reservations } = knownValue(await senseReservations(host, { nowMs: 1700000101_000 }));
    expect(reservations.filter((one) => one.live).map((one) => one.pciId)).toEqual(['0000:00:02.1', '0000:00:02.3']);
  });

  test('an absent or empty file is no reservation, an unreadable one is not known', async () => {
    expect(await senseReservations(memoryHost(pveTree()))).toEqual({ state: 'known', value: { reservations: [] } });
    expect(await senseReservations(memoryHost(pveTree({ [FILE]: '' })))).toEqual({ state: 'known', value: { reservations: [] } });
    const denied = memoryHost(pveTree({ [FILE]: TEXT }), {
      onAccess: (_operation, path) => (path === FILE ? 'EACCES' : undefined),
    });
    expect(await senseReservations(denied)).toMatchObject({ state: 'unknown' });
  });
});
