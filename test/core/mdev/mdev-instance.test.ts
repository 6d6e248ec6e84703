// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { Holder } from '../../../src/core/facts/drm-facts.ts';
import { type MdevFound, mdevInstances } from '../../../src/core/mdev/mdev-instance.ts';
import { planMdevClean } from '../../../src/core/mdev/plan-mdev-clean.ts';
import { bdf } from '../../support/facts.ts';
import { groundOf, type NodeSpec, problemOf } from '../assign/ground.ts';
import { gvtgNode } from './mdev-ground.ts';

const UUID = '00000000-0000-0000-0000-000000000101';
const FOREIGN = 'a297db4a-f4c2-11e6-90f6-d3b88d6c9525';
const USES = 'memory: 64\nhostpci0: mapping=igpu-mdev,mdev=i915-GVTg_V5_8\n';

function found(more: Partial<MdevFound> = {}): MdevFound {
  return { uuid: UUID, gpu: bdf('0000:00:02.0'), type: 'i915-GVTg_V5_8', nodes: ['/dev/vfio/20'], byMdevctl: false, ...more };
}

function open(more: Partial<Holder> = {}): NonNullable<NodeSpec['parts']> {
  return { holders: { holders: [{ pid: 7, command: 'kvm', paths: ['/dev/vfio/20'], ...more }] } };
}

function look(spec: NodeSpec, one: MdevFound) {
  return mdevInstances(groundOf(gvtgNode(spec)).facts, [one])[0];
}

describe('a mediated device', () => {
  test.each([
    ['a guest has it open', { vms: { 101: USES }, parts: open({ vmid: 101 }) }, {}, 'used', 'VM 101 has it open'],
    ['a process has it open', { parts: open() }, {}, 'used', 'kvm (pid 7) has it open'],
    ['the guest is set to use it', { vms: { 101: USES } }, {}, 'kept', 'VM 101 is set to use it'],
    ['the guest will be', { vms: { 101: `memory: 64\n\n[PENDING]\n${USES.slice(11)}` } }, {}, 'kept', 'VM 101 is set to use it'],
    ['no such guest', {}, {}, 'leftover', 'there is no VM 101 on this node'],
    [
      'only a container of that number',
      { containers: { 101: 'memory: 64\n' } },
      {},
      'leftover',
      'there is no VM 101 on this node',
    ],
    ['the guest has no such entry', { vms: { 101: 'memory: 64\n' } }, {}, 'leftover', 'VM 101 has no mediated device hostpci0'],
    ['another entry', { vms: { 101: USES.replace('hostpci0', 'hostpci1') } }, {}, 'leftover', 'no mediated device hostpci0'],
    ['another type', { vms: { 101: USES } }, { type: 'i915-GVTg_V5_4' }, 'leftover', 'does not start while this one exists'],
    ['another type, but it runs', { vms: { 101: USES }, running: [101] }, { type: 'i915-GVTg_V5_4' }, 'kept', 'VM 101'],
    [
      'by args',
      { vms: { 102: `args: -device vfio-pci,sysfsdev=/sys/bus/mdev/devices/${UUID}\n` } },
      {},
      'kept',
      'VM 102 names it',
    ],
    ['of somebody else', {}, { uuid: FOREIGN }, 'foreign', 'not one that Proxmox gives'],
    ['of mdevctl', {}, { uuid: FOREIGN, byMdevctl: true }, 'kept', 'mdevctl'],
    ['half removed', { parts: open({ vmid: 101 }) }, { type: null }, 'leaving', 'when VM 101 closes it'],
    ['without a node', {}, { nodes: [] }, 'unclear', 'device node is not known'],
    ['not root', { parts: { holders: { unreadableProcesses: 3 } } }, {}, 'unclear', '3 processes'],
    [
      'a guest that cannot be read',
      { parts: { guests: { unreadable: [{ vmid: 101, kind: 'qemu', reason: 'EACCES' }] } } },
      {},
      'unclear',
      'VM 101 cannot be read',
    ],
  ] as const)('%s', (_, spec, more, state, because) => {
    const one = look(spec as NodeSpec, found(more));
    expect([one?.state, one?.because]).toEqual([state, expect.stringContaining(because)]);
  });
});

describe('taking leftovers away', () => {
  const left = (spec: NodeSpec, one: MdevFound) => mdevInstances(groundOf(gvtgNode(spec)).facts, [one]);

  test('writes only to those, and only while nobody has the node open', () => {
    const plan = planMdevClean(left({}, found()));
    expect(plan.ok && plan.value.steps.map(({ args }) => args)).toEqual([
      {
        path: `/sys/bus/mdev/devices/${UUID}/remove`,
        value: '1',
        undo: null,
        verify: { kind: 'absent', path: `/sys/bus/mdev/devices/${UUID}` },
        timeoutMs: 5000,
        mustBeFree: ['/dev/vfio/20'],
      },
    ]);
  });

  test.each([
    ['open', { parts: open() }, {}, 0],
    ['kept', { vms: { 101: USES } }, {}, 0],
    ['foreign', {}, { uuid: FOREIGN }, 1],
    ['unclear', {}, { nodes: [] }, 1],
  ] as const)('leaves what is %s', (_, spec, more, notes) => {
    const plan = planMdevClean(left(spec as NodeSpec, found(more)));
    expect(plan.ok && [plan.value.steps, plan.value.remarks.length]).toEqual([[], notes]);
  });

  test('one by name: a kept or foreign one with a warning, never an open or unclear one', () => {
    const named = (spec: NodeSpec, more: Partial<MdevFound> = {}) => planMdevClean(left(spec, found(more)), more.uuid ?? UUID);
    const kept = named({ vms: { 101: USES } });
    expect(kept.ok && [kept.value.steps.length, kept.value.remarks.map(({ level }) => level)]).toEqual([1, ['warning']]);
    expect(named({}, { uuid: FOREIGN.toUpperCase() }).ok).toBe(false);
    expect(problemOf(named({ parts: open() })).code).toBe('vf.in-use');
    expect(problemOf(named({ parts: open() }, { type: null })).code).toBe('vf.in-use');
    expect(problemOf(named({}, { nodes: [] })).code).toBe('facts.unknown');
    expect(problemOf(planMdevClean([], '../../../etc')).code).toBe('usage');
  });
});
