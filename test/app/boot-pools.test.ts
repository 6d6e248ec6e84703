// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { bootVfs } from '../../src/app/boot.ts';
import { bootPools } from '../../src/app/boot-pools.ts';
import { poolsUnit } from '../../src/core/boot/pools-unit.ts';
import { type Simulated, simulated } from './simulated.ts';

/** A node with a pool, after a reboot in which the VFs came with other IOMMU groups. */
async function renumbered(): Promise<Simulated> {
  const node = simulated('raptor-lake-s');
  const assigned = await node.assign({ vmid: 101 });
  if (!assigned.ok) throw new Error(assigned.problem.message);
  expect(await node.node.reboot()).toEqual({ booted: true });
  await bootVfs(node.context);
  const mapping = node.mapping();
  expect(mapping).toContain('iommugroup=');
  const wrong = mapping.replace(/iommugroup=(\d+)/g, (_all, group: string) => `iommugroup=${Number(group) + 100}`);
  node.node.machine.tree.setFile('/etc/pve/mapping/pci.cfg', wrong, { mode: 0o640, gid: 33 });
  return node;
}

describe('pools after a boot', () => {
  test('are true again before guests start', async () => {
    const node = await renumbered();
    expect((await node.run('qm', 'start', '101')).exitCode).not.toBe(0);
    expect(await bootPools(node.context)).toBe('done');
    expect(node.mapping()).not.toMatch(/iommugroup=1\d\d/);
    await node.must('qm', 'start', '101');
    expect(await bootPools(node.context)).toBe('done');
  });

  test('without quorum nothing is written, and trying again later is asked for', async () => {
    const node = await renumbered();
    const before = node.mapping();
    node.node.machine.quorate = false;
    const start = node.context.clock.nowMs();
    expect(await bootPools(node.context, 5000)).toBe('later');
    expect(node.context.clock.nowMs() - start).toBeGreaterThanOrEqual(5000);
    expect(node.mapping()).toBe(before);
    expect(node.said.join('\n')).toContain('no quorum');
    node.node.machine.quorate = true;
    expect(await bootPools(node.context)).toBe('done');
  });

  test('quorum that comes while it waits is taken', async () => {
    const node = await renumbered();
    node.node.machine.quorate = false;
    const { clock } = node.context;
    let looks = 0;
    const sleep = async (ms: number) => {
      looks += 1;
      if (looks === 3) node.node.machine.quorate = true;
      await clock.sleep(ms);
    };
    expect(await bootPools({ ...node.context, clock: { ...clock, nowMs: () => clock.nowMs(), sleep } })).toBe('done');
    expect(looks).toBe(3);
    expect(node.mapping()).not.toMatch(/iommugroup=1\d\d/);
  });

  test('a pool of somebody else is left alone', async () => {
    const node = await renumbered();
    const theirs = node.mapping().replace(/\tdescription .*\n/, '');
    node.node.machine.tree.setFile('/etc/pve/mapping/pci.cfg', theirs, { mode: 0o640, gid: 33 });
    expect(await bootPools(node.context)).toBe('done');
    expect(node.mapping()).toBe(theirs);
  });

  test('the unit waits for nobody for ever and comes before both that start guests', () => {
    const lines = poolsUnit('/usr/bin/pveigpu').split('\n');
    expect(lines).toContain('Before=pve-guests.service pve-ha-lrm.service');
    expect(lines).toContain('Restart=on-failure');
    expect(lines.join('\n')).not.toMatch(/^(Requires|BindsTo|RequiredBy)=/m);
  });
});
