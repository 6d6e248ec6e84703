// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { memoryHost } from '../../src/adapters/host-memory.ts';
import { PveCli } from '../../src/adapters/pve-cli.ts';
import type { Pool } from '../../src/core/facts/guest-facts.ts';
import type { GuestChange } from '../../src/core/plan/guest-change.ts';

const DIGEST = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';

function pveThatAnswers(exitCode = 0, stderr = '', stdout = '') {
  const calls: (readonly string[])[] = [];
  const program = (argv: readonly string[]) => {
    calls.push(argv);
    return { exitCode, stdout, stderr };
  };
  return { calls, pve: new PveCli(memoryHost(undefined, { programs: { qm: program, pct: program, pvesh: program } })) };
}

const change: GuestChange = {
  kind: 'qemu',
  vmid: 101,
  set: { tags: 'a;b', hostpci0: 'mapping=igpu' },
  remove: ['vga', 'args'],
  revert: ['cpu'],
  digest: DIGEST,
};
const pool: Pool = {
  id: 'igpu',
  mdev: false,
  liveMigrationCapable: false,
  entries: [
    { node: 'pvelab', id: '8086:4680', path: '0000:00:02.1', subsystemId: '1043:8694', iommuGroup: 20 },
    { node: 'other', id: '8086:4680', path: '0000:00:02.2' },
  ],
};
const MAPS = [
  '--map',
  'id=8086:4680,iommugroup=20,node=pvelab,path=0000:00:02.1,subsystem-id=1043:8694',
  '--map',
  'id=8086:4680,node=other,path=0000:00:02.2',
];

describe('what is called', () => {
  test('one qm set for one change', async () => {
    const { pve, calls } = pveThatAnswers();
    expect(await pve.changeGuest(change)).toEqual({ ok: true, value: undefined });
    const options = ['--hostpci0', 'mapping=igpu', '--tags', 'a;b', '--delete', 'vga,args', '--revert', 'cpu'];
    expect(calls).toEqual([['qm', 'set', '101', '--digest', DIGEST, ...options]]);
  });

  test('pct for a container', async () => {
    const { pve, calls } = pveThatAnswers();
    await pve.changeGuest({ ...change, kind: 'lxc', set: { dev0: '/dev/dri/renderD128,gid=104' }, remove: [], revert: [] });
    expect(calls).toEqual([['pct', 'set', '101', '--digest', DIGEST, '--dev0', '/dev/dri/renderD128,gid=104']]);
  });

  test('nothing for no change, since qm set without options fails', async () => {
    const { pve, calls } = pveThatAnswers();
    expect(await pve.changeGuest({ ...change, set: {}, remove: [], revert: [] })).toMatchObject({ ok: true });
    expect(calls).toEqual([]);
  });

  test('pools in the form that PVE takes', async () => {
    const { pve, calls } = pveThatAnswers();
    await pve.createPool({ ...pool, description: 'two words' });
    await pve.updatePool(pool, pool, DIGEST);
    await pve.updatePool({ ...pool, liveMigrationCapable: true }, pool, DIGEST);
    await pve.updatePool(pool, { ...pool, liveMigrationCapable: true }, DIGEST);
    await pve.removePool('igpu');
    expect(calls).toEqual([
      ['pvesh', 'create', '/cluster/mapping/pci', '--id', 'igpu', ...MAPS, '--description', 'two words'],
      ['pvesh', 'set', '/cluster/mapping/pci/igpu', ...MAPS, '--digest', DIGEST],
      ['pvesh', 'set', '/cluster/mapping/pci/igpu', ...MAPS, '--live-migration-capable', '1', '--digest', DIGEST],
      ['pvesh', 'set', '/cluster/mapping/pci/igpu', ...MAPS, '--delete', 'live-migration-capable', '--digest', DIGEST],
      ['pvesh', 'delete', '/cluster/mapping/pci/igpu'],
    ]);
  });

  test('an update without an entry is not even tried: PVE needs map in every update', async () => {
    const { pve, calls } = pveThatAnswers();
    expect(await pve.updatePool({ ...pool, entries: [] }, pool, DIGEST)).toMatchObject({
      ok: false,
      problem: { code: 'pool.invalid' },
    });
    expect(calls).toEqual([]);
  });
});

/** Recorded on Proxmox VE 9.2.11; the exit code is whatever errno Perl had. */
describe('what a failure means', () => {
  test.each([
    [255, 'checksum mismatch (file change by other user?)\n', 'pve.conflict', 'Somebody else changed VM 101'],
    [255, 'VM is locked (backup)\n', 'guest.locked', 'locked VM 101: VM is locked (backup).'],
    [
      4,
      "trying to acquire lock...\ncan't lock file '/var/lock/qemu-server/lock-101.conf' - got timeout\n",
      'pve.refused',
      'got timeout',
    ],
    [
      2,
      "Configuration file 'nodes/pvelab/qemu-server/101.conf' does not exist\n",
      'guest.unknown',
      'VM 101 does not exist on this node',
    ],
    [
      255,
      "unable to open file '/etc/pve/nodes/pvelab/qemu-server/101.conf.tmp.17' - Permission denied\n",
      'pve.no-quorum',
      'no quorum',
    ],
    [255, 'cluster not ready - no quorum?\n', 'pve.no-quorum', 'no quorum'],
    [
      255,
      '400 Parameter verification failed.\nhostpci0: invalid format - format error\nhostpci0.foo: property is not defined in schema\n\nqm set <vmid> [OPTIONS]\n',
      'pve.refused',
      'hostpci0.foo: property is not defined in schema.',
    ],
    [
      2,
      "400 Parameter verification failed.\nhookscript: script 'local:snippets/none.sh' does not exist\n\nqm set <vmid> [OPTIONS]\n",
      'pve.refused',
      "hookscript: script 'local:snippets/none.sh' does not exist.",
    ],
    [1, '', 'pve.refused', 'it gave no reason'],
    [1, 'a\u001b[31mb\n', 'pve.refused', 'refused the change of VM 101'],
  ])('%i %j is %s', async (exitCode, stderr, code, message) => {
    const answer = await pveThatAnswers(exitCode, stderr).pve.changeGuest(change);
    expect(answer).toMatchObject({ ok: false, problem: { code, message: expect.stringContaining(message) } });
    expect(!answer.ok && answer.problem.message).not.toContain('\u001b');
    expect(!answer.ok && answer.problem.hint).toBeTruthy();
  });

  test('of a pool', async () => {
    const stale = 'update hardware mapping failed: detected modified configuration - file changed by other user? Try again.\n';
    expect(await pveThatAnswers(255, stale).pve.updatePool(pool, pool, DIGEST)).toMatchObject({
      problem: { code: 'pve.conflict', message: 'Somebody else changed the pool igpu at the same time.' },
    });
    const gone = "update hardware mapping failed: pci ID 'nope' does not exist\n";
    expect(await pveThatAnswers(255, gone).pve.updatePool(pool, pool, DIGEST)).toMatchObject({
      problem: { code: 'pve.refused' },
    });
  });

  test('warnings with exit code 0 are none', async () => {
    const warned = pveThatAnswers(0, "cannot delete 'vga' - not set in current configuration!\n");
    expect(await warned.pve.changeGuest(change)).toMatchObject({ ok: true });
  });

  test('no PVE at all', async () => {
    expect(await new PveCli(memoryHost()).changeGuest(change)).toMatchObject({ ok: false, problem: { code: 'host.run' } });
  });
});
