// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { memoryHost } from '../../src/adapters/host-memory.ts';
import { readDesired } from '../../src/app/engine/state-files.ts';
import { readSettings } from '../../src/app/settings.ts';
import { listVfs, planVfCreate, planVfRemove } from '../../src/app/vf.ts';
import { FileTree } from '../../src/core/files/file-tree.ts';
import { simulated } from './simulated.ts';

const PATH = '/etc/pveigpu/pveigpu.conf';

describe('the settings of a node', () => {
  test('no file is no failure', async () => {
    expect(await readSettings({ host: memoryHost(new FileTree()) })).toEqual({ ok: true, value: { hook: false } });
  });

  test('a file that is there counts', async () => {
    const tree = new FileTree();
    tree.setFile(PATH, '[vf]\ncount = 2\n');
    expect(await readSettings({ host: memoryHost(tree) })).toEqual({ ok: true, value: { hook: false, vfCount: 2 } });
  });

  test('a file that cannot be read is said, not skipped', async () => {
    const tree = new FileTree();
    tree.set(PATH, { kind: 'file', content: '', mode: 0o600, uid: 0, gid: 0, unreadable: 'EACCES' });
    expect(await readSettings({ host: memoryHost(tree) })).toMatchObject({
      ok: false,
      problem: { code: 'host.read', where: PATH },
    });
  });
});

describe('what the administrator wants holds where the command line says nothing', () => {
  const node = async (conf: string) => {
    const machine = simulated('raptor-lake-s');
    await machine.node.mkdir('/etc/pveigpu');
    await machine.node.writeAtomic(PATH, conf);
    return machine;
  };

  test('the number of VFs, the pool and the hookscript', async () => {
    const machine = await node('[assign]\npool = mine\nhook = yes\n[vf]\ncount = 3\n');
    expect((await machine.assign({ vmid: 101 })).ok).toBe(true);
    expect(await machine.must('qm', 'config', '101')).toMatch(
      /hookscript: local:snippets\/pveigpu-hook\nhostpci0: mapping=mine,/,
    );
    expect((await listVfs(machine.context)).gpus[0]?.functions).toHaveLength(4);
  });

  test('a command line goes before it', async () => {
    const machine = await node('[assign]\npool = mine\n[vf]\ncount = 3\n');
    expect((await machine.carryOut(() => planVfCreate(machine.context, { count: 5 }))).ok).toBe(true);
    expect((await machine.assign({ vmid: 101, pool: 'other' })).ok).toBe(true);
    expect(await machine.must('qm', 'config', '101')).toContain('mapping=other');
    expect((await listVfs(machine.context)).gpus[0]?.functions).toHaveLength(6);
  });

  test('a misspelt file stops before anything is written', async () => {
    const machine = await node('[assign]\npol = mine\n');
    const before = machine.node.persistentFiles();
    expect(await machine.assign({ vmid: 101 })).toMatchObject({ ok: false, problem: { code: 'format.unreadable' } });
    expect(machine.node.persistentFiles()).toEqual(before);
  });
});

describe('how many VFs were asked for is remembered', () => {
  test('the hook makes as many again after a reboot, and removing forgets', async () => {
    const machine = simulated('raptor-lake-s');
    expect((await machine.carryOut(() => planVfCreate(machine.context, { count: 4 }))).ok).toBe(true);
    expect((await machine.assign({ vmid: 101, vf: 2 })).ok).toBe(true);
    expect(await machine.node.reboot()).toEqual({ booted: true });
    await machine.must('qm', 'start', '101');
    expect((await listVfs(machine.context)).gpus[0]?.functions).toHaveLength(5);
    await machine.must('qm', 'stop', '101');
    expect((await machine.unassign(101)).ok).toBe(true);
    expect((await machine.carryOut(() => planVfRemove(machine.context, {}))).ok).toBe(true);
    expect(await readDesired(machine.node)).toEqual({ ok: true, value: { format: 1, gpus: {} } });
  });
});
