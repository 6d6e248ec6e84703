// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { AssignRequest } from '../../../src/core/assign/assign-request.ts';
import { planAssignment } from '../../../src/core/assign/plan-assign.ts';
import { known } from '../../../src/core/facts/section.ts';
import type { ProblemCode } from '../../../src/core/problem.ts';
import { bdf, without } from '../../support/facts.ts';
import { assign, groundOf, mapLine, mapping, type NodeSpec, planOf, problemOf, remarkIds } from './ground.ts';

const VM = 'cores: 2\nmemory: 2048\n';
const vm = (text: string): NodeSpec => ({ vms: { 101: VM + text } });

describe('refused in one sentence', () => {
  const cases: readonly [string, NodeSpec, Partial<AssignRequest>, ProblemCode, RegExp][] = [
    ['unknown VMID', { vms: { 101: VM } }, { vmid: 999 }, 'guest.unknown', /no guest 999 on pve/],
    [
      'a guest of another node',
      { vms: { 101: VM }, parts: { pve: { vmlist: known([{ vmid: 555, node: 'other', kind: 'qemu' }]) } } },
      { vmid: 555 },
      'guest.unknown',
      /VM 555 is on node other/,
    ],
    [
      'an unreadable configuration',
      { parts: { guests: { unreadable: [{ vmid: 101, kind: 'qemu', reason: 'EIO' }] } } },
      {},
      'guest.config',
      /VM 101 cannot be read: EIO/,
    ],
    ['template', vm('template: 1\n'), {}, 'guest.template', /VM 101 is a template/],
    ['locked', vm('lock: backup\n'), {}, 'guest.locked', /locked \(backup\)/],
    ['hibernated', vm('lock: suspended\n'), {}, 'guest.locked', /suspended/],
    ['a VF for a container', { containers: { 101: 'arch: amd64\nmemory: 512\n' } }, { vf: 1 }, 'usage', /--vf is for VMs/],
    ['no quorum', { ...vm(''), parts: { pve: { quorate: known(false) } } }, {}, 'pve.no-quorum', /no quorum/],
    ['no Proxmox', { ...vm(''), parts: { pve: { isProxmox: false } } }, {}, 'pve.absent', /no Proxmox VE node/],
    ['VF 0', vm(''), { vf: 0 }, 'vf.range', /no VF 0/],
    ['VF 8 of 7', vm(''), { vf: 8 }, 'vf.range', /no VF 8/],
    ['VF 5 of 4', { ...vm(''), vfs: 4 }, { vf: 5 }, 'vf.range', /VF 1 to VF 4/],
    ['pool and VF', vm(''), { vf: 1, pool: 'x1' }, 'usage', /not both/],
    ['a bad pool name', vm(''), { pool: '1 2' }, 'usage', /no name for a pool/],
    ['a ROM with a path', vm(''), { romfile: '../x.rom' }, 'usage', /bare file name/],
    ['a ROM that is not there', vm(''), { romfile: 'x.rom' }, 'guest.config', /no \/usr\/share\/kvm\/x.rom/],
    ['an unknown GPU', vm(''), { gpu: bdf('0000:03:00.0') }, 'gpu.unknown', /0000:03:00.0/],
    ['a mode in which VMs get nothing', vm(''), { mode: 'host' }, 'gpu.cannot', /cannot share the GPU with the host/],
    ['flags of the whole GPU in another mode', vm(''), { whole: { machine: 'pc' } }, 'usage', /go with the whole GPU/],
    ['a mode that the machine lacks', vm(''), { mode: 'gvt-g' }, 'gpu.cannot', /cannot do gvt-g/],
    ['a machine without SR-IOV', { ...vm(''), device: '3e92', vfs: 0 }, {}, 'gpu.cannot', /cannot do sriov/],
    ['its own args', vm('args: -device vfio-pci,host=00:02.3\n'), { vf: 3 }, 'guest.slice-taken', /in its args already/],
    [
      'its own args, by path',
      vm('args: -device vfio-pci,sysfsdev=/sys/bus/pci/devices/0000:00:02.3\n'),
      { vf: 3 },
      'guest.slice-taken',
      /in its args already/,
    ],
  ];
  test.each(cases)('%s', (_, spec, request, code, message) => {
    const problem = problemOf(assign(spec, request));
    expect(problem.code).toBe(code);
    expect(problem.message).toMatch(message);
    expect(problem.hint).toBeTruthy();
  });

  test.each(['pci', 'pools', 'guests', 'pve'] as const)('the section %s is not known', (name) => {
    const ground = groundOf(vm(''));
    const problem = problemOf(planAssignment({ ...ground, facts: without(ground.facts, 'EIO', name) }, { vmid: 101 }));
    expect(problem.code).toBe('facts.unknown');
    expect(problem.message).toContain('EIO');
  });
});

describe('remarks', () => {
  const pool = (lines: readonly string[]) => mapping('igpu-vf', lines, 'x');
  const cases: readonly [string, NodeSpec, Partial<AssignRequest>, string][] = [
    ['running', { ...vm(''), running: [101] }, {}, 'note guest.running'],
    ['ballooning', vm('balloon: 512\n'), {}, 'note guest.balloon'],
    [
      'snapshot with RAM',
      vm('parent: before\n\n[before]\nmemory: 512\nsnaptime: 1700000000\nvmstate: local:101/x.raw\n'),
      {},
      'warning guest.snapshot-with-ram',
    ],
    ['live migration', vm(''), {}, 'note guest.no-live-migration'],
    ['rejected lines', vm('cores: many\n'), {}, 'blocker guest.rejected-lines'],
    ['its own PF', vm('hostpci0: 0000:00:02.0\n'), {}, 'blocker pf.passed'],
    ['its own slot without function', vm('hostpci0: 00:02\n'), {}, 'blocker pf.passed'],
    ['the PF of another guest', { vms: { 101: VM, 102: `${VM}hostpci0: 0000:00:02.0\n` } }, {}, 'warning pf.passed'],
    [
      'the PF of a guest that starts at boot',
      { vms: { 101: VM, 102: `${VM}onboot: 1\nhostpci0: 00:02.0\n` } },
      {},
      'blocker pf.passed',
    ],
    ['the same VF elsewhere', { vms: { 101: VM, 102: `${VM}hostpci0: 0000:00:02.3\n` } }, { vf: 3 }, 'warning slice.shared'],
    [
      'the same VF, both at boot',
      { vms: { 101: `${VM}onboot: 1\n`, 102: `${VM}onboot: 1\nhostpci0: 0000:00:02.3\n` } },
      { vf: 3 },
      'blocker slice.shared',
    ],
    [
      'the same VF, the other runs',
      { vms: { 101: VM, 102: `${VM}hostpci0: 0000:00:02.3\n` }, running: [102] },
      { vf: 3 },
      'blocker slice.shared',
    ],
    [
      'the same VF in args',
      { vms: { 101: VM, 102: `${VM}args: -device vfio-pci,host=0000:00:02.3\n` } },
      { vf: 3 },
      'warning slice.shared',
    ],
    ['another hookscript', vm('hookscript: local:snippets/mine.sh\n'), { vf: 3 }, 'warning guest.other-hookscript'],
    [
      'no storage for the hook',
      { ...vm(''), parts: { hookscripts: { snippetStorages: [] } } },
      { vf: 3 },
      'warning hook.no-storage',
    ],
    ['primary', vm(''), { primary: true }, 'warning guest.primary'],
    ['a VF on the host driver', { ...vm(''), vf: { driver: 'i915', driverOverride: known(null) } }, {}, 'note vf.host-driver'],
    [
      'an override that PVE cannot beat',
      { ...vm(''), vf: { driver: null, driverOverride: known('i915') } },
      { vf: 1 },
      'warning vf.other-override',
    ],
    ['a shared IOMMU group', { ...vm(''), vf: { iommuGroup: 30 } }, { vf: 1 }, 'blocker vf.group-shared'],
    ['the group of the PF', { ...vm(''), vf: { iommuGroup: 0 } }, { vf: 1 }, 'blocker vf.group-shared'],
    [
      'more slices than VFs for one guest',
      { ...vm('hostpci0: mapping=igpu-vf\n'), vfs: 1, mapping: pool([mapLine(1)]) },
      {},
      'blocker pool.too-small',
    ],
    [
      'more guests than VFs',
      { vms: { 101: VM, 102: `${VM}hostpci0: mapping=igpu-vf\n` }, vfs: 1, mapping: pool([mapLine(1)]) },
      {},
      'note pool.more-guests-than-vfs',
    ],
    [
      'autostart collision in the pool',
      {
        vms: { 101: `${VM}onboot: 1\n`, 102: `${VM}onboot: 1\nhostpci0: mapping=igpu-vf\n` },
        vfs: 1,
        mapping: pool([mapLine(1)]),
      },
      {},
      'warning pool.autostart-collision',
    ],
    [
      'a VF that is in use now',
      { ...vm(''), parts: { reservations: { reservations: [{ pciId: '0000:00:02.3', vmid: 105, pid: 1, live: true }] } } },
      { vf: 3 },
      'warning slice.held-now',
    ],
    [
      'a VF that the host has open',
      {
        ...vm(''),
        vf: { driver: 'i915', driverOverride: known(null) },
        parts: {
          drm: { nodes: [{ name: 'renderD129', path: '/dev/dri/renderD129', major: 226, minor: 129, pci: bdf('0000:00:02.1') }] },
          holders: { holders: [{ pid: 9, command: 'plex', paths: ['/dev/dri/renderD129'] }] },
        },
      },
      { vf: 1 },
      'blocker vf.open-on-host',
    ],
    [
      'guests that cannot be read',
      { ...vm(''), parts: { guests: { unreadable: [{ vmid: 0, kind: 'lxc', reason: 'EIO' }] } } },
      {},
      'warning guests.unreadable',
    ],
    ['VFs that a reboot takes', { ...vm(''), vfs: 0 }, {}, 'note vf.until-reboot'],
    [
      'the only VF of a pool in use',
      { vms: { 101: VM, 102: `${VM}hostpci0: mapping=igpu-vf\n` }, vfs: 1, mapping: pool([mapLine(1)]) },
      { vf: 1 },
      'warning pool.last-vf',
    ],
  ];
  test.each(cases)('%s', (_, spec, request, expected) => {
    const base = planOf(assign(spec, request));
    expect(remarkIds(base)).toContain(expected);
    for (const remark of base.remarks) expect(remark.text, remark.id).toMatch(/^[A-Z/0-9x].*\.$/s);
  });

  test('an ordinary VM gets none but the one on migration', () => {
    expect(remarkIds(planOf(assign(vm(''))))).toEqual(['note guest.no-live-migration']);
  });

  test.each([
    ['a snapshot without RAM', 'parent: before\n\n[before]\nmemory: 512\nsnaptime: 1700000000\n', 'guest.snapshot-with-ram'],
    ['ballooning switched off', 'balloon: 0\n', 'guest.balloon'],
    ['ballooning to all of the memory', 'balloon: 2048\n', 'guest.balloon'],
    ['a passed network card', 'hostpci0: 0000:03:00.0\n', 'pf.passed'],
    ['comments and empty lines', '# a note\n\n', 'guest.rejected-lines'],
  ])('%s is no reason for one', (_, text, id) => {
    expect(planOf(assign(vm(text))).remarks.map((remark) => remark.id)).not.toContain(id);
  });

  test('only what can be lived with can be overridden', () => {
    const own = planOf(assign(vm('hostpci0: 0000:00:02.0\n')));
    expect(own.remarks.find((remark) => remark.id === 'pf.passed')?.overridable).toBe(false);
    const withPf = planOf(assign({ ...vm(''), vf: { iommuGroup: 0 } }, { vf: 1 }));
    expect(withPf.remarks.find((remark) => remark.id === 'vf.group-shared')?.overridable).toBe(false);
    const lines = planOf(assign(vm('cores: many\n')));
    expect(lines.remarks.find((remark) => remark.id === 'guest.rejected-lines')?.overridable).toBe(true);
  });
});
