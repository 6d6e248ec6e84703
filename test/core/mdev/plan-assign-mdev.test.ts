// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { MDEV_POOL_BY_ASSIGN } from '../../../src/core/assign/ours.ts';
import { known } from '../../../src/core/facts/section.ts';
import type { MdevWish } from '../../../src/core/mdev/mdev-wish.ts';
import type { StepOf } from '../../../src/core/plan/action.ts';
import { moduleOf } from '../../support/facts.ts';
import { actions, assign, guestChange, planOf, problemOf, remarkIds, unassign } from '../assign/ground.ts';
import { gvtgNode, mdevMapping } from './mdev-ground.ts';

const VM = 'cores: 2\nmemory: 2048\nmachine: q35\nostype: l26\n';
const HAS = 'mapping=igpu-mdev,mdev=i915-GVTg_V5_4';
const gvtg = (mdev: MdevWish = {}) => ({ mode: 'gvt-g', mdev }) as const;

describe('a mediated device', () => {
  test('comes through a mapping with the flag mdev, without pcie on q35', () => {
    const plan = planOf(assign(gvtgNode({ vms: { 101: VM } }), gvtg()));
    expect(actions(plan)).toEqual(['createPool', 'setGuestConfig']);
    expect((plan.steps[0] as StepOf<'createPool'>).args.pool).toEqual({
      id: 'igpu-mdev',
      description: MDEV_POOL_BY_ASSIGN,
      mdev: true,
      liveMigrationCapable: false,
      entries: [{ node: 'pve', id: '8086:3e92', path: '0000:00:02.0', subsystemId: '1043:8882', iommuGroup: 0 }],
    });
    expect(guestChange(plan)?.set).toEqual({ hostpci0: HAS });
  });

  test('needs no hookscript, and says so where one is wanted', () => {
    const plan = planOf(assign(gvtgNode({ vms: { 101: VM } }), { ...gvtg(), hook: true }));
    expect(guestChange(plan)?.set).toEqual({ hostpci0: HAS });
    expect(remarkIds(plan)).toContain('note hook.not-needed');
  });

  test('is what a guest gets without --mode where no GPU has VFs', () => {
    expect(guestChange(planOf(assign(gvtgNode({ vms: { 101: VM } }))))?.set).toEqual({ hostpci0: HAS });
    expect(problemOf(assign(gvtgNode({ vms: { 101: VM } }), { vf: 1 })).code).toBe('gpu.cannot');
  });

  test.each([
    [256, {}, 'i915-GVTg_V5_4'],
    [256, { '8': ['00000000-0000-0000-0000-000000000102'] }, 'i915-GVTg_V5_8'],
    [512, {}, 'i915-GVTg_V5_2'],
    [1024, {}, 'i915-GVTg_V5_1'],
    [1024, { '1': ['00000000-0000-0000-0000-000000000102'] }, 'i915-GVTg_V5_2'],
  ])('aperture of %i MB with %j: %s is the largest that fits now', (apertureMiB, instances, type) => {
    const plan = planOf(assign(gvtgNode({ vms: { 101: VM }, apertureMiB, instances }), gvtg()));
    expect(guestChange(plan)?.set.hostpci0).toBe(`mapping=igpu-mdev,mdev=${type}`);
  });

  test('no room is said in numbers, with who has it', () => {
    const instances = { '4': ['00000000-0000-0000-0000-000000000102'] };
    const problem = problemOf(assign(gvtgNode({ vms: { 101: VM }, instances }), gvtg()));
    expect(problem.code).toBe('guest.slice-taken');
    expect(problem.message).toContain(
      'aperture of 256 MB the host keeps 128 MB; of the other 128 MB mediated devices have 128 MB',
    );
    expect(problem.message).toContain('VM 102 (i915-GVTg_V5_4)');
    const forced = planOf(assign(gvtgNode({ vms: { 101: VM }, instances }), gvtg({ type: 'V5_8' })));
    expect(forced.remarks.find(({ id }) => id === 'mdev.no-room')).toMatchObject({ level: 'blocker', overridable: true });
  });

  test.each([
    ['V5_2', 'takes 256 MB of aperture, and 0000:00:02.0 has 128 MB for guests'],
    ['i915-GVTg_V5_1', 'takes 512 MB of aperture'],
    ['V4_8', 'has no mediated device type "V4_8"'],
    ['8', 'has no mediated device type "8"'],
    ['../../x', 'has no mediated device type'],
  ])('type %s', (type, message) => {
    const problem = problemOf(assign(gvtgNode({ vms: { 101: VM } }), gvtg({ type })));
    expect([problem.code, problem.message.includes(message)]).toEqual(['gpu.cannot', true]);
  });

  test('guests that cannot run together are told', () => {
    const other = `${VM}hostpci0: ${HAS}\n`;
    const alone = planOf(assign(gvtgNode({ vms: { 101: VM, 102: other }, mapping: mdevMapping() }), gvtg()));
    expect(remarkIds(alone)).toContain('note mdev.not-together');
    const boot = { 101: `${VM}onboot: 1\n`, 102: `${other}onboot: 1\n` };
    const both = planOf(assign(gvtgNode({ vms: boot, mapping: mdevMapping() }), gvtg()));
    expect(remarkIds(both)).toContain('warning mdev.autostart-collision');
    const wide = planOf(assign(gvtgNode({ vms: boot, mapping: mdevMapping(), apertureMiB: 512 }), gvtg({ type: 'V5_4' })));
    expect(remarkIds(wide).filter((id) => id.includes('mdev.'))).toEqual([]);
  });

  test('a guest that has one keeps it', () => {
    const node = gvtgNode({ vms: { 101: `${VM}hostpci0: ${HAS}\n` }, mapping: mdevMapping() });
    const plan = planOf(assign(node, gvtg({ display: { kind: 'ramfb' } })));
    expect([plan.steps, remarkIds(plan)]).toEqual([[], ['note guest.already-assigned', 'warning guest.options-ignored']]);
    expect(problemOf(assign(node, gvtg({ type: 'V5_8' }))).code).toBe('guest.slice-taken');
  });
});

describe('what is in the way', () => {
  const off = (modules: ReturnType<typeof moduleOf>[], gpu = {}) =>
    problemOf(
      assign(
        gvtgNode({ vms: { 101: VM }, gpu: { mdevTypes: undefined as never, ...gpu }, parts: { modules: { modules } } }),
        gvtg(),
      ),
    );

  test.each([
    [
      'GuC submission',
      [moduleOf('i915', { parameters: { enable_gvt: 'Y', enable_guc: '3' } }), moduleOf('kvmgt')],
      'GuC submission is on',
    ],
    ['GVT-g off', [moduleOf('i915', { parameters: { enable_gvt: 'N' } }), moduleOf('kvmgt')], 'it is not switched on'],
  ])('%s: said, with pveigpu apply gvt-g', (_, modules, message) => {
    const problem = off(modules);
    expect([problem.code, problem.message.includes(message)]).toEqual(['gpu.cannot', true]);
    expect(problem.hint).toContain('pveigpu apply gvt-g');
  });

  test('kvmgt that is not loaded, or not there', () => {
    const i915 = moduleOf('i915', { parameters: { enable_gvt: 'Y', enable_guc: '0' } });
    expect(off([i915, moduleOf('kvmgt', { loaded: false })]).hint).toContain('Load kvmgt');
    const gone = off([i915, moduleOf('kvmgt', { loaded: false, origin: 'absent' })]);
    expect(gone.message).toContain('no kvmgt module');
  });

  test('an aperture that has no room beside the host', () => {
    const problem = problemOf(assign(gvtgNode({ vms: { 101: VM }, apertureMiB: 128 }), gvtg()));
    expect(problem.message).toContain('aperture of 128 MB');
    expect(problem.hint).toContain('firmware setup');
  });

  test.each([
    ['a VF', { vf: 1 }, 'usage'],
    ['the primary display', { primary: true }, 'usage'],
    ['a ROM that is not there', { romfile: 'x.rom' }, 'guest.config'],
    ['another pool', { pool: 'vfs' }, 'pool.invalid'],
  ] as const)('%s is refused', (_, more, code) => {
    const mapping = mdevMapping({ flag: false }).replace('igpu-mdev', 'vfs');
    expect(problemOf(assign(gvtgNode({ vms: { 101: VM }, mapping }), { ...gvtg(), ...more })).code).toBe(code);
  });

  test('a guest that passes the whole GPU and starts at boot blocks', () => {
    const vms = { 101: VM, 102: `${VM}onboot: 1\nhostpci0: 0000:00:02.0\n` };
    expect(remarkIds(planOf(assign(gvtgNode({ vms }), gvtg())))).toContain('blocker pf.passed');
  });
});

describe('the mapping', () => {
  test('is made true when the IOMMU group of the GPU changed', () => {
    const plan = planOf(assign(gvtgNode({ vms: { 101: VM }, mapping: mdevMapping({ group: 7 }) }), gvtg()));
    expect(actions(plan)).toEqual(['updatePool', 'setGuestConfig']);
    expect((plan.steps[0] as StepOf<'updatePool'>).args.pool.entries[0]?.iommuGroup).toBe(0);
  });

  test('of another device is refused', () => {
    const mapping = mdevMapping({ path: '0000:01:00.0' });
    expect(problemOf(assign(gvtgNode({ vms: { 101: VM }, mapping }), gvtg())).message).toContain('0000:01:00.0');
  });

  test('goes with the last guest, and a guest is known as ours without a ledger', () => {
    const two = { 101: `${VM}hostpci0: ${HAS}\n`, 102: `${VM}hostpci0: ${HAS}\n` };
    const first = planOf(unassign(gvtgNode({ vms: two, mapping: mdevMapping() })));
    expect(actions(first)).toEqual(['setGuestConfig']);
    const last = planOf(unassign(gvtgNode({ vms: { 101: two[101] }, mapping: mdevMapping() })));
    expect(actions(last)).toEqual(['setGuestConfig', 'removePool']);
    expect(guestChange(last)?.remove).toEqual(['hostpci0']);
  });

  test('by hand stays without --force', () => {
    const node = gvtgNode({ vms: { 101: `${VM}hostpci0: 0000:00:02.0,mdev=i915-GVTg_V5_8\n` } });
    expect(problemOf(unassign(node)).code).toBe('guest.needs-flag');
    expect(guestChange(planOf(unassign(node, { force: true })))?.remove).toEqual(['hostpci0']);
  });
});

describe('the picture', () => {
  const shown = (config: string, display: MdevWish['display'], more: Parameters<typeof gvtgNode>[0] = {}) =>
    guestChange(
      planOf(assign(gvtgNode({ vms: { 101: config }, ...more }), gvtg({ ...(display === undefined ? {} : { display }) }))),
    )?.set.args;
  const RAMFB =
    '-set device.hostpci0.driver=vfio-pci-nohotplug -set device.hostpci0.display=on -set device.hostpci0.ramfb=on -set device.hostpci0.xres=1920 -set device.hostpci0.yres=1200';
  const old = { parts: { pve: { qemuVersion: known('10.0') } } };

  test.each([
    ['none, Linux, SeaBIOS', VM, undefined, {}, undefined],
    ['ramfb', VM, { kind: 'ramfb' }, {}, `${RAMFB} -display egl-headless,gl=core`],
    ['ramfb with virtio-gl', `${VM}vga: virtio-gl,memory=64\n`, { kind: 'ramfb' }, {}, RAMFB],
    [
      'before QEMU 10.1',
      VM,
      { kind: 'ramfb' },
      old,
      `-set device.hostpci0.x-igd-opregion=on ${RAMFB} -display egl-headless,gl=core`,
    ],
    ['before QEMU 10.1, off, Linux, SeaBIOS', VM, { kind: 'off' }, old, undefined],
    ['before QEMU 10.1, off, Windows', `${VM}ostype: win11\n`, undefined, old, '-set device.hostpci0.x-igd-opregion=on'],
    ['before QEMU 10.1, off, OVMF', `${VM}bios: ovmf\n`, undefined, old, '-set device.hostpci0.x-igd-opregion=on'],
    ['Windows with QEMU 10.1', `${VM}ostype: win11\n`, undefined, {}, undefined],
  ] as const)('%s', (_, config, display, more, args) => {
    expect(shown(config, display, more)).toBe(args);
  });

  test('is refused where nobody could see it, or the type cannot show it', () => {
    const at = (config: string, mdev: MdevWish) => problemOf(assign(gvtgNode({ vms: { 101: config } }), gvtg(mdev)));
    expect(at(`${VM}vga: none\n`, { display: { kind: 'ramfb' } }).hint).toContain('--vga std');
    expect(at(`${VM}vga: serial0\n`, { display: { kind: 'ramfb' } }).code).toBe('guest.config');
    const size = { width: 1280, height: 800 };
    expect(at(VM, { type: 'V5_8', display: { kind: 'ramfb', size } }).message).toContain('at most 1024x768');
    expect(at(`${VM}args: -name "x\n`, { display: { kind: 'ramfb' } }).code).toBe('guest.config');
  });

  test('with OVMF is told of, unless there is a ROM', () => {
    const plan = planOf(assign(gvtgNode({ vms: { 101: `${VM}bios: ovmf\n` } }), gvtg({ display: { kind: 'ramfb' } })));
    expect(remarkIds(plan)).toContain('warning mdev.ovmf-picture');
    const seabios = planOf(assign(gvtgNode({ vms: { 101: VM } }), gvtg({ display: { kind: 'ramfb' } })));
    expect(remarkIds(seabios)).not.toContain('warning mdev.ovmf-picture');
  });
});
