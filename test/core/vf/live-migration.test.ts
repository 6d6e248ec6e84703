// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { POOL_BY_ASSIGN } from '../../../src/core/assign/ours.ts';
import type { Plan, StepOf } from '../../../src/core/plan/action.ts';
import { EMPTY_LEDGER } from '../../../src/core/plan/ledger.ts';
import { planPoolChange } from '../../../src/core/pool/plan-pool.ts';
import { liveMigration } from '../../../src/core/vf/live-migration.ts';
import { intelGpu, moduleOf } from '../../support/facts.ts';
import { assign, groundOf, mapLine, mapping, type NodeSpec, planOf } from '../assign/ground.ts';

// As kernel 7.0 prints it for Lunar Lake and Panther Lake (xe_uc_fw.c).
const GUC = 'xe 0000:00:02.0: [drm] Tile0: GT0: Using GuC firmware from xe/ptl_guc_70.bin version';
const VM = 'memory: 512\nmachine: q35\n';

/** A Panther Lake node whose VFs wait on xe-vfio-pci. */
function node(more: { readonly guc?: readonly string[]; readonly kernel?: string; readonly qemuServer?: string } = {}): NodeSpec {
  return {
    vms: { 101: VM },
    device: 'b080',
    gpu: { driver: 'xe' },
    vf: { driver: 'xe-vfio-pci', driverOverride: { state: 'known', value: 'xe-vfio-pci' } },
    parts: {
      kernel: { release: more.kernel ?? '7.0.0-3-pve' },
      pve: { packages: { 'pve-manager': '9.2.11', 'qemu-server': more.qemuServer ?? '9.2.6' } },
      modules: { modules: [moduleOf('xe'), moduleOf('xe_vfio_pci')] },
      logs: { lines: (more.guc ?? ['70.58.0']).map((version) => `${GUC} ${version}`) },
    },
  };
}

const pools = (plan: Plan) =>
  plan.steps.flatMap((step) => (step.action === 'createPool' || step.action === 'updatePool' ? [step.args.pool] : []));
const marked = (lines: readonly string[], description: string) =>
  mapping('igpu-vf', lines, description).replace(/\n\n$/, '\n\tlive-migration-capable 1\n\n');
const line = (n: number) => mapLine(n).replace('8086:a780', '8086:b080');

describe('whether a VF can move with its guest', () => {
  test.each<[string, NodeSpec, string, string]>([
    ['Panther Lake, kernel 7.0, new firmware', node(), 'yes', ''],
    ['firmware that is too old', node({ guc: ['70.53.0'] }), 'no', '70.53'],
    ['two GuCs of which one is old', node({ guc: ['70.58.0', '70.49.4'] }), 'no', '70.49'],
    ['a firmware that the log does not name', node({ guc: [] }), 'unknown', 'kernel log'],
    ['a kernel without the variant driver', node({ kernel: '6.17.2-1-pve' }), 'no', 'kernel 7.0 or later, and 6.17.2-1-pve runs'],
    ['a qemu-server without driver=keep', node({ qemuServer: '9.0.24' }), 'no', 'driver=keep'],
    ['a GPU that the driver does not serve', {}, 'no', 'no driver of Linux'],
  ])('%s', (_, spec, can, because) => {
    const { facts } = groundOf({ vms: { 101: VM }, ...spec });
    const answer = liveMigration(facts, intelGpu(spec.device ?? 'a780', spec.gpu));
    expect(answer.can).toBe(can);
    if (answer.can !== 'yes') expect(answer.because).toContain(because);
  });
});

describe('the pool', () => {
  test('is marked where that is sure, and assign says what it is worth', () => {
    const plan = planOf(assign(node()));
    expect(pools(plan)[0]?.liveMigrationCapable).toBe(true);
    const said = plan.remarks.find(({ id }) => id === 'guest.live-migration')?.text;
    expect(said).toContain('can migrate while it runs');
    expect(said).toContain('experimental');
  });

  test.each([
    ['old firmware', node({ guc: ['70.44.1'] }), '70.44'],
    ['unknown firmware', node({ guc: [] }), 'kernel log'],
    ['another generation', { vms: { 101: VM } }, 'no driver of Linux saves'],
  ])('is not marked otherwise, and one sentence says why: %s', (_, spec, because) => {
    const plan = planOf(assign(spec));
    expect(pools(plan)[0]?.liveMigrationCapable).toBe(false);
    expect(plan.remarks.find(({ id }) => id === 'guest.no-live-migration')?.text).toContain(because);
  });

  test('that somebody else marked in vain stops the plan, since no guest of it starts', () => {
    const spec = { vms: { 101: VM }, vfs: 1, mapping: marked([mapLine(1)], 'by hand') };
    const remark = planOf(assign(spec)).remarks.find(({ id }) => id === 'pool.cannot-migrate');
    expect([remark?.level, remark?.overridable]).toEqual(['blocker', true]);
  });

  test('of ours loses the mark with an older kernel, and never gets it back by itself', () => {
    const older = { ...node({ kernel: '6.17.2-1-pve' }), vfs: 1, mapping: marked([line(1)], POOL_BY_ASSIGN) };
    const sync = (spec: NodeSpec) => planOf(planPoolChange(groundOf(spec).facts, EMPTY_LEDGER, 'sync', {})).steps;
    const [step] = sync(older) as readonly StepOf<'updatePool'>[];
    expect(step?.args.pool.liveMigrationCapable).toBe(false);
    expect(step?.reason).toContain('not live-migration-capable: that needs xe-vfio-pci of kernel 7.0 or later');
    expect(sync({ ...node(), vfs: 1, mapping: mapping('igpu-vf', [line(1)], POOL_BY_ASSIGN) })).toEqual([]);
    expect(sync({ ...node(), vfs: 1, mapping: marked([line(1)], POOL_BY_ASSIGN) })).toEqual([]);
  });
});

test('one pinned VF does not move, whatever its driver can', () => {
  const said = planOf(assign(node(), { vf: 2 })).remarks.find(({ id }) => id === 'guest.no-live-migration')?.text;
  expect(said).toContain('leave out --vf');
});
