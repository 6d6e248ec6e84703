// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { planAssign } from '../../src/app/assign.ts';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { planVfCreate, planVfRemove } from '../../src/app/vf.ts';
import type { AssignRequest } from '../../src/core/assign/assign-request.ts';
import { configDigest } from '../../src/core/guest/digest.ts';
import type { Plan } from '../../src/core/plan/action.ts';
import type { ProblemCode, Result } from '../../src/core/problem.ts';
import { PROFILES } from '../../src/simulator/profiles/table.ts';
import { HOOK_STUB, type Simulated, simulated } from './simulated.ts';

const RAPTOR = 'raptor-lake-s';
const HOOK = '/var/lib/vz/snippets/pveigpu-hook';

/** A Raptor Lake node whose VFs exist, with a VM for each case: 101 is q35, 110 a plain i440fx one. */
async function nodeWithVfs(count = 7): Promise<Simulated> {
  const node = simulated(RAPTOR);
  node.writeConfig(110, 'cores: 1\nmemory: 64\nname: plain\nostype: l26\n');
  node.writeConfig(111, 'cores: 1\nmemory: 64\nname: other\nostype: l26\n');
  done(await node.carryOut(async () => await planVfCreate(node.context, { count })));
  return node;
}

function done(result: Result<readonly Plan[]>): readonly Plan[] {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result.value;
}

function isFile(node: Simulated, path: string): boolean {
  return node.node.machine.tree.get(path) !== undefined;
}

describe('there and back', () => {
  test('pool: VFs, pool and entry are made; the guest starts with a VF; everything goes again', async () => {
    const node = simulated(RAPTOR);
    const before = node.lasting();
    const plans = done(await node.assign({ vmid: 101 }));
    expect(plans.map((plan) => plan.then !== undefined)).toEqual([true, false]);
    expect(node.config(101)).toContain('hostpci0: mapping=igpu-vf,pcie=1');
    expect(node.mapping()).toMatch(/^igpu-vf\n\tmap id=8086:a780,iommugroup=\d+,node=pve,path=0000:00:02.1,subsystem-id=/);
    expect(node.mapping().match(/\tmap /g)).toHaveLength(7);
    await node.must('qm', 'start', '101');
    expect(node.held()).toEqual(['0000:00:02.1 101']);
    await node.must('qm', 'stop', '101');
    done(await node.unassign(101));
    done(await node.carryOut(async () => await planVfRemove(node.context, {})));
    expect(node.lasting()).toEqual(before);
  });

  test('pinned: hookscript and raw VF; the hook runs; everything goes again', async () => {
    const node = simulated(RAPTOR);
    const before = node.lasting();
    done(await node.assign({ vmid: 101, vf: 3 }));
    expect(node.config(101)).toContain('hostpci0: 0000:00:02.3,pcie=1');
    expect(node.config(101)).toContain('hookscript: local:snippets/pveigpu-hook');
    expect(isFile(node, HOOK)).toBe(true);
    await node.must('qm', 'start', '101');
    expect(node.held()).toEqual(['0000:00:02.3 101']);
    expect(node.node.machine.kernel.driverOf('0000:00:02.3')).toBe('vfio-pci');
    await node.must('qm', 'stop', '101');
    done(await node.unassign(101));
    expect(isFile(node, HOOK)).toBe(false);
    expect(node.lasting()).toEqual(before);
  });

  test('pinned: after a reboot of the node the hook makes the VF again', async () => {
    const node = simulated(RAPTOR);
    done(await node.assign({ vmid: 101, vf: 3 }));
    expect(await node.node.reboot()).toEqual({ booted: true });
    await node.must('qm', 'start', '101');
    expect(node.held()).toEqual(['0000:00:02.3 101']);
  });

  test('a plan that was applied leaves nothing to plan', async () => {
    const node = await nodeWithVfs();
    done(await node.assign({ vmid: 110, vf: 2 }));
    const again = done(await node.assign({ vmid: 110, vf: 2 }));
    expect(again.map((plan) => plan.steps)).toEqual([[]]);
    expect(done(await node.carryOut(async () => await planVfCreate(node.context, {})))[0]?.steps).toEqual([]);
  });

  test('a second slice, and both go', async () => {
    const node = await nodeWithVfs();
    const before = node.lasting();
    done(await node.assign({ vmid: 110 }));
    done(await node.assign({ vmid: 110 }));
    expect(node.config(110).match(/^hostpci\d: mapping=igpu-vf$/gm)).toHaveLength(2);
    await node.must('qm', 'start', '110');
    expect(node.held()).toEqual(['0000:00:02.1 110', '0000:00:02.2 110']);
    await node.must('qm', 'stop', '110');
    done(await node.unassign(110));
    expect(node.lasting()).toEqual(before);
  });

  test('a pinned VF leaves the pool and comes back to it', async () => {
    const node = await nodeWithVfs(2);
    done(await node.assign({ vmid: 110 }));
    done(await node.assign({ vmid: 111, vf: 1 }));
    expect(node.mapping()).not.toContain('0000:00:02.1');
    await node.must('qm', 'start', '110');
    await node.must('qm', 'start', '111');
    expect([...node.held()].sort()).toEqual(['0000:00:02.1 111', '0000:00:02.2 110']);
    await node.must('qm', 'stop', '111');
    done(await node.unassign(111));
    expect(node.mapping()).toContain('0000:00:02.1');
  });

  test('IOMMU groups that renumber at a reboot are corrected', async () => {
    const node = await nodeWithVfs(2);
    done(await node.assign({ vmid: 110 }));
    const right = node.mapping();
    node.node.machine.tree.setFile('/etc/pve/mapping/pci.cfg', right.replace(/iommugroup=\d+/, 'iommugroup=99'));
    expect((await node.run('qm', 'start', '110')).exitCode).not.toBe(0);
    done(await node.assign({ vmid: 111 }));
    expect(node.mapping()).toBe(right);
    await node.must('qm', 'start', '110');
  });
});

describe('other situations of taking it back', () => {
  test('the user changed other keys', async () => {
    const node = await nodeWithVfs();
    done(await node.assign({ vmid: 110 }));
    await node.must('qm', 'set', '110', '--cores', '4', '--tags', 'mine');
    done(await node.unassign(110));
    expect(node.config(110)).toContain('cores: 4');
    expect(node.config(110)).toContain('tags: mine');
    expect(node.config(110)).not.toContain('hostpci');
  });

  test('while the assignment is still pending', async () => {
    const node = await nodeWithVfs();
    const before = node.lasting();
    await node.must('qm', 'start', '110');
    done(await node.assign({ vmid: 110 }));
    expect(node.config(110)).toContain('[PENDING]\nhostpci0: mapping=igpu-vf');
    done(await node.unassign(110));
    expect(node.config(110)).not.toContain('PENDING');
    await node.must('qm', 'stop', '110');
    expect(node.lasting()).toEqual({ ...before, '/etc/pve/nodes/pve/qemu-server/110.conf': node.config(110) });
    expect(node.config(110)).not.toContain('hostpci');
  });

  test('while the guest runs with it: it keeps the VF until it stops', async () => {
    const node = await nodeWithVfs();
    const before = node.lasting();
    done(await node.assign({ vmid: 110 }));
    await node.must('qm', 'start', '110');
    done(await node.unassign(110));
    expect(node.held()).toEqual(['0000:00:02.1 110']);
    await node.must('qm', 'stop', '110');
    expect(node.held()).toEqual([]);
    expect(node.config(110)).not.toContain('hostpci');
    done(await node.unassign(110));
    expect(node.lasting()).toEqual(before);
  });

  test('a clone or a restore, which no ledger knows', async () => {
    const node = await nodeWithVfs();
    done(await node.assign({ vmid: 110, vf: 4 }));
    node.writeConfig(120, node.config(110).replace('name: plain', 'name: copy'));
    done(await node.unassign(120));
    expect(node.config(120)).toBe('cores: 1\nmemory: 64\nname: copy\nostype: l26\n');
    expect(isFile(node, HOOK)).toBe(true);
    done(await node.unassign(110));
    expect(isFile(node, HOOK)).toBe(false);
  });

  test('the ledger is lost', async () => {
    const node = await nodeWithVfs();
    const before = node.lasting();
    done(await node.assign({ vmid: 110 }));
    done(await node.assign({ vmid: 110, vf: 5 }));
    node.node.machine.tree.remove('/var/lib/pveigpu');
    done(await node.unassign(110));
    expect(node.lasting()).toEqual(before);
  });

  test('the guest came from a node whose VFs are not here', async () => {
    const node = simulated(RAPTOR);
    node.writeConfig(130, 'hookscript: local:snippets/pveigpu-hook\nhostpci0: 0000:00:02.6\nmemory: 64\n');
    done(await node.unassign(130));
    expect(node.config(130)).toBe('memory: 64\n');
  });
});

describe('bad input: one sentence, and nothing is written', () => {
  const cases: readonly [string, Partial<AssignRequest>, ProblemCode, ((node: Simulated) => unknown)?][] = [
    ['unknown VMID', { vmid: 999 }, 'guest.unknown'],
    ['a guest of another node', { vmid: 500 }, 'guest.unknown', (node) => elsewhere(node, 500)],
    ['template', {}, 'guest.template', (node) => node.writeConfig(110, 'memory: 64\ntemplate: 1\n')],
    ['locked', {}, 'guest.locked', (node) => node.writeConfig(110, 'lock: backup\nmemory: 64\n')],
    ['a line that PVE rejects', {}, 'guest.config', (node) => node.writeConfig(110, 'memory: 64\nfoo bar\n')],
    ['VF out of range', { vf: 9 }, 'vf.range'],
    ['a mode that the machine cannot do', { mode: 'gvt-g' }, 'gpu.cannot'],
    ['no quorum', {}, 'pve.no-quorum', (node) => loseQuorum(node)],
    ['a pool of something else', { pool: 'nics' }, 'pool.invalid', (node) => foreignPool(node)],
    ['a ROM that is not there', { romfile: 'none.rom' }, 'guest.config'],
    ['its own PF', {}, 'guest.slice-taken', (node) => node.writeConfig(110, 'hostpci0: 00:02\nmemory: 64\n')],
  ];
  test.each(cases)('%s', async (_, request, code, prepare) => {
    const node = await nodeWithVfs();
    await prepare?.(node);
    const before = node.node.persistentFiles();
    const result = await node.assign({ vmid: 110, ...request });
    expect(result.ok ? 'done' : result.problem.code).toBe(code);
    expect(result.ok ? '' : result.problem.message).toMatch(/^[^\n]+\.$/);
    expect(node.node.persistentFiles()).toEqual(before);
  });

  test('a configuration that changes between plan and write', async () => {
    const node = await nodeWithVfs();
    const planned = await planAssign(node.context, { vmid: 110, vf: 3 }, { hookStub: HOOK_STUB });
    if (!planned.ok) throw new Error(planned.problem.message);
    await node.must('qm', 'set', '110', '--cores', '3');
    const before = node.lasting();
    const applied = await applyPlan(node.context, planned.value);
    expect(applied.ok ? 'done' : applied.problem.code).toMatch(/^(plan\.drift|pve\.conflict)$/);
    expect(node.lasting()).toEqual(before);
  });

  test('a machine that cannot do it says so before anything else', async () => {
    const node = simulated('jasper-lake');
    const before = node.node.persistentFiles();
    const result = await node.assign({ vmid: 101 });
    expect(result.ok ? 'done' : result.problem.code).toBe('gpu.cannot');
    expect(node.node.persistentFiles()).toEqual(before);
  });

  test('a line that PVE rejects, all the same, with --force', async () => {
    const node = await nodeWithVfs();
    node.writeConfig(110, 'memory: 64\nfoo bar\n');
    done(await node.assign({ vmid: 110 }, true));
    expect(node.config(110)).toBe('hostpci0: mapping=igpu-vf\nmemory: 64\n');
  });

  test('the digest is of the file as it is', async () => {
    const node = await nodeWithVfs();
    const planned = await planAssign(node.context, { vmid: 110 }, { hookStub: HOOK_STUB });
    const step = planned.ok ? planned.value.steps.find((one) => one.action === 'setGuestConfig') : undefined;
    expect(step?.args).toMatchObject({ digest: configDigest(node.config(110)) });
  });
});

function elsewhere(node: Simulated, vmid: number): void {
  node.node.machine.tree.setFile(`/etc/pve/nodes/other/qemu-server/${vmid}.conf`, 'memory: 64\n');
}

function foreignPool(node: Simulated): void {
  node.node.machine.tree.setFile(
    '/etc/pve/mapping/pci.cfg',
    'nics\n\tmap id=8086:15f3,iommugroup=9,node=pve,path=0000:03:00.0\n\n',
  );
}

function loseQuorum(node: Simulated): void {
  const { machine } = node.node;
  machine.quorate = false;
  machine.tree.setFile(
    '/etc/pve/.members',
    (machine.tree.text('/etc/pve/.members') ?? '').replace('"quorate": 1', '"quorate": 0'),
  );
}

test.each(PROFILES.map((profile) => profile.name))(
  '%s: either it is refused by code, or the guest starts with its VF or mediated device',
  async (name) => {
    const node = simulated(name);
    const vmid = Number.parseInt(node.node.machine.tree.names('/etc/pve/nodes/pve/qemu-server')?.[0] ?? '', 10);
    const before = node.lasting();
    const result = await node.assign({ vmid });
    if (!result.ok) {
      expect(result.problem.code).toMatch(/^gpu\.(cannot|none|several)$/);
      expect(node.lasting()).toEqual(before);
      return;
    }
    await node.must('qm', 'start', String(vmid));
    // PVE notes no mediated devices as reserved.
    expect([...node.held(), ...(node.node.machine.tree.names('/sys/bus/mdev/devices') ?? [])]).toHaveLength(1);
    await node.must('qm', 'stop', String(vmid));
    done(await node.unassign(vmid));
    expect(node.lasting()).toEqual(before);
  },
);
