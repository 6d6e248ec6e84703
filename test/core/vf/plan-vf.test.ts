// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { POOL_BY_ASSIGN } from '../../../src/core/assign/ours.ts';
import { known } from '../../../src/core/facts/section.ts';
import type { StepOf } from '../../../src/core/plan/action.ts';
import { EMPTY_LEDGER } from '../../../src/core/plan/ledger.ts';
import { expectedVfs, isVfPlace } from '../../../src/core/vf/expected-vfs.ts';
import { planCreateVfs, type VfCreateRequest } from '../../../src/core/vf/plan-vf-create.ts';
import { planRemoveVfs } from '../../../src/core/vf/plan-vf-remove.ts';
import { bdf, intelGpu, without } from '../../support/facts.ts';
import { actions, groundOf, mapLine, mapping, type NodeSpec, planOf, problemOf, remarkIds } from '../assign/ground.ts';

const VM = 'memory: 512\n';
const PF = '/sys/bus/pci/devices/0000:00:02.0';

function create(spec: NodeSpec, request: VfCreateRequest = {}) {
  const { facts, verdict } = groundOf(spec);
  return planCreateVfs(facts, verdict, request);
}

function remove(spec: NodeSpec) {
  return planRemoveVfs(groundOf(spec).facts, EMPTY_LEDGER, {});
}

function writes(plan: ReturnType<typeof planOf>): readonly string[] {
  const sysfs = plan.steps.filter((step): step is StepOf<'writeSysfs'> => step.action === 'writeSysfs');
  return sysfs.map(({ args }) => `${args.path.replace(PF, 'PF')} ${args.value}`);
}

describe('where VFs are expected', () => {
  const at = (address: string, offset: number, stride: number) =>
    intelGpu('a780', { bdf: bdf(address), sriov: { totalVfs: 63, offset, stride, vfs: [] } });
  test.each([
    ['an iGPU', '0000:00:02.0', 1, 1, 7, '0000:00:02.7'],
    ['over the slot', '0000:00:02.0', 1, 1, 8, '0000:00:03.0'],
    ['over the bus', '0000:01:00.0', 128, 2, 65, '0000:02:00.0'],
    ['another domain', '10000:01:00.0', 16, 1, 2, '10000:01:02.1'],
  ])('%s', (_, address, offset, stride, count, last) => {
    expect(expectedVfs(at(address, offset, stride), count).at(-1)).toBe(last);
  });

  test('nothing is expected without offset and stride', () => {
    expect(expectedVfs(intelGpu('a780', { sriov: { totalVfs: 7, vfs: [] } }), 7)).toEqual([]);
  });

  test('a driver that shows a total of 0 does not hide where VFs were', () => {
    expect(isVfPlace(intelGpu('a780', { sriov: { totalVfs: 0, offset: 1, stride: 1, vfs: [] } }), '0000:00:02.7')).toBe(true);
    expect(isVfPlace(at('0000:00:02.0', 1, 1), '0000:00:1f.3')).toBe(false);
  });
});

describe('making VFs', () => {
  test('the order in which no host driver sees one; the address is proved before it is used', () => {
    const plan = planOf(create({ vfs: 0 }, { count: 2 }));
    expect(writes(plan)).toEqual([
      'PF/sriov_drivers_autoprobe 0',
      'PF/sriov_numvfs 2',
      'PF/virtfn0/driver_override vfio-pci',
      '/sys/bus/pci/drivers_probe 0000:00:02.1',
      'PF/virtfn1/driver_override vfio-pci',
      '/sys/bus/pci/drivers_probe 0000:00:02.2',
    ]);
    const [, numvfs, , probe] = plan.steps as readonly StepOf<'writeSysfs'>[];
    expect(numvfs?.args).toMatchObject({ undo: '0', verify: { kind: 'link-name', path: `${PF}/virtfn1`, name: '0000:00:02.2' } });
    expect(probe?.args.verify).toEqual({ kind: 'link-name', path: `${PF}/virtfn0/driver`, name: 'vfio-pci' });
  });

  test('all of them unless a count is given', () => {
    expect(writes(planOf(create({ vfs: 0 })))[1]).toBe('PF/sriov_numvfs 7');
  });

  test('a driver that is not loaded is loaded first', () => {
    const { facts, verdict } = groundOf({ vfs: 0 });
    const modules = facts.modules.state === 'known' ? facts.modules.value : undefined;
    if (modules === undefined) throw new Error('no modules');
    const states = modules.modules.map((module) => (module.name === 'vfio_pci' ? { ...module, loaded: false } : module));
    const plan = planOf(planCreateVfs({ ...facts, modules: known({ ...modules, modules: states }) }, verdict, {}));
    expect(plan.steps[0]).toMatchObject({ action: 'loadModule', args: { module: 'vfio_pci', driver: 'vfio-pci' } });
  });

  test('all there and bound: nothing to do, also where PVE bound them itself', () => {
    expect(planOf(create({})).steps).toEqual([]);
    expect(planOf(create({}, { count: 7 })).steps).toEqual([]);
    expect(planOf(create({ vf: { driverOverride: known(null) } })).steps).toEqual([]);
  });

  test('there, but on the host driver: each is taken off it and bound', () => {
    const plan = planOf(create({ vfs: 1, vf: { driver: 'i915', driverOverride: known(null) } }));
    expect(writes(plan)).toEqual([
      'PF/virtfn0/driver_override vfio-pci',
      '/sys/bus/pci/drivers/i915/unbind 0000:00:02.1',
      '/sys/bus/pci/drivers_probe 0000:00:02.1',
    ]);
    expect((plan.steps[1] as StepOf<'writeSysfs'>).args.mustBeFree).toEqual(['0000:00:02.1']);
  });

  test.each([
    ['another count than there is', { vfs: 4 }, { count: 7 }, 'vf.in-use'],
    ['more than there can be', { vfs: 0 }, { count: 8 }, 'vf.range'],
    ['none', { vfs: 0 }, { count: 0 }, 'vf.range'],
    ['a half', { vfs: 0 }, { count: 1.5 }, 'vf.range'],
    ['a GPU without SR-IOV', { vfs: 0, device: '3e92' }, {}, 'gpu.cannot'],
    ['no such GPU', { vfs: 0 }, { gpu: bdf('0000:09:00.0') }, 'gpu.unknown'],
    ['offset and stride unknown', { vfs: 0, gpu: { sriov: { totalVfs: 7, vfs: [] } } }, {}, 'facts.unknown'],
  ] as const)('refused: %s', (_, spec, request, code) => {
    expect(problemOf(create(spec, request)).code).toBe(code);
  });

  test('a VF that somebody has open on the host is not pulled away', () => {
    const spec: NodeSpec = {
      vfs: 1,
      vf: { driver: 'i915', driverOverride: known(null) },
      parts: {
        drm: { nodes: [{ name: 'renderD129', path: '/dev/dri/renderD129', major: 226, minor: 129, pci: bdf('0000:00:02.1') }] },
        holders: { holders: [{ pid: 7, command: 'ffmpeg', ctid: 200, paths: ['/dev/dri/renderD129'] }] },
      },
    };
    expect(problemOf(create(spec))).toMatchObject({ code: 'vf.in-use', message: expect.stringContaining('container 200') });
  });
});

describe('taking VFs away', () => {
  test('numvfs comes last and only when nobody has one', () => {
    const plan = planOf(
      remove({ vfs: 2, gpu: { sriov: { totalVfs: 7, offset: 1, stride: 1, driversAutoprobe: false, vfs: twoVfs() } } }),
    );
    expect(writes(plan)).toEqual(['PF/sriov_drivers_autoprobe 1', 'PF/sriov_numvfs 0']);
    expect((plan.steps[1] as StepOf<'writeSysfs'>).args).toMatchObject({
      undo: '2',
      mustBeFree: ['0000:00:02.1', '0000:00:02.2'],
    });
  });

  test('none there: nothing to do', () => {
    expect(planOf(remove({ vfs: 0 })).steps).toEqual([]);
  });

  test.each<[string, NodeSpec, RegExp]>([
    [
      'reserved',
      { parts: { reservations: { reservations: [{ pciId: '0000:00:02.3', vmid: 105, pid: 9, live: true }] } } },
      /VF 3 .*VM 105/,
    ],
    [
      'open',
      { parts: { holders: { holders: [{ pid: 8, command: 'kvm', vmid: 106, paths: ['/dev/vfio/21'] }] } } },
      /VF 2 .*VM 106/,
    ],
    [
      'pinned by a running guest',
      { vms: { 101: `${VM}hostpci0: 0000:00:02.4\n` }, running: [101] },
      /VF 4 .*VM 101, which is running/,
    ],
    [
      'in args of a running guest',
      { vms: { 101: `${VM}args: -device vfio-pci,host=00:02.5\n` }, running: [101] },
      /VF 5 .*VM 101/,
    ],
    [
      'in the pool of a running guest',
      { vms: { 101: `${VM}hostpci0: mapping=igpu-vf\n` }, running: [101], mapping: mapping('igpu-vf', [mapLine(2)]) },
      /VF 2 .*VM 101/,
    ],
  ])('refused: %s', (_, spec, message) => {
    const problem = problemOf(remove(spec));
    expect(problem.code).toBe('vf.in-use');
    expect(problem.message).toMatch(message);
  });

  test('stale reservations and stopped guests do not keep them', () => {
    const plan = planOf(
      remove({
        vms: { 101: `${VM}hostpci0: 0000:00:02.4\n` },
        parts: { reservations: { reservations: [{ pciId: '0000:00:02.3', vmid: 105, pid: 9, live: false }] } },
      }),
    );
    expect(remarkIds(plan)).toEqual(['warning vf.assigned']);
  });

  test.each(['guests', 'holders', 'reservations', 'pools'] as const)('refused while %s are not known', (name) => {
    const facts = without(groundOf({}).facts, 'EIO', name);
    expect(problemOf(planRemoveVfs(facts, EMPTY_LEDGER, {})).code).toBe('facts.unknown');
  });

  test('refused while some processes cannot be looked at', () => {
    expect(problemOf(remove({ parts: { holders: { unreadableProcesses: 3 } } })).code).toBe('facts.unknown');
  });

  test('a pool of ours goes with them, one in use or of somebody else is named', () => {
    const ours = mapping('igpu-vf', [mapLine(1)], POOL_BY_ASSIGN);
    expect(actions(planOf(remove({ mapping: ours })))).toEqual(['removePool', 'writeSysfs']);
    const used = planOf(remove({ mapping: ours, vms: { 101: `${VM}hostpci0: mapping=igpu-vf\n` } }));
    expect(actions(used)).toEqual(['writeSysfs']);
    expect(remarkIds(used)).toContain('warning pool.stale');
    expect(actions(planOf(remove({ mapping: mapping('hand', [mapLine(1)]) })))).toEqual(['writeSysfs']);
  });
});

function twoVfs() {
  return [1, 2].map((number) => ({ index: number - 1, bdf: bdf(`0000:00:02.${number}`) }));
}
