// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { POOL_BY_ASSIGN } from '../../../src/core/assign/ours.ts';
import { printPoolEntry } from '../../../src/core/guest/pool-entry.ts';
import type { StepOf } from '../../../src/core/plan/action.ts';
import { bdf } from '../../support/facts.ts';
import { actions, assign, guestChange, mapLine, mapping, planOf, problemOf, remarkIds, STUB } from './ground.ts';

const VM = 'cores: 2\nmemory: 2048\nmachine: q35\n';
const I440 = 'cores: 2\nmemory: 2048\n';

describe('a slice from the pool', () => {
  test('makes the pool with one entry for each VF in the form that PVE checks', () => {
    const plan = planOf(assign({ vms: { 101: VM } }));
    expect(actions(plan)).toEqual(['createPool', 'setGuestConfig']);
    const { pool } = (plan.steps[0] as StepOf<'createPool'>).args;
    expect(pool).toMatchObject({ id: 'igpu-vf', description: POOL_BY_ASSIGN, mdev: false, liveMigrationCapable: false });
    expect(pool.entries.map((entry) => `\tmap ${printPoolEntry(entry)}\n`)).toEqual([1, 2, 3, 4, 5, 6, 7].map((n) => mapLine(n)));
    expect(guestChange(plan)).toEqual({
      kind: 'qemu',
      vmid: 101,
      set: { hostpci0: 'mapping=igpu-vf,pcie=1' },
      remove: [],
      revert: [],
      digest: 'd1',
      before: { hostpci0: null },
    });
  });

  test('never sets pcie on i440fx, and leaves bios, machine, vga and cpu alone', () => {
    const change = guestChange(planOf(assign({ vms: { 101: `${I440}bios: seabios\ncpu: kvm64\nvga: qxl\n` } })));
    expect(change?.set).toEqual({ hostpci0: 'mapping=igpu-vf' });
  });

  test.each([
    ['pc-q35-9.2+pve1', true],
    ['type=q35,viommu=intel', true],
    ['pc-i440fx-9.2', false],
    ['pc', false],
  ])('machine %s', (machine, pcie) => {
    const change = guestChange(planOf(assign({ vms: { 101: `${I440}machine: ${machine}\n` } })));
    expect(change?.set.hostpci0).toBe(pcie ? 'mapping=igpu-vf,pcie=1' : 'mapping=igpu-vf');
  });

  test('a second slice takes the lowest index that is free now and later', () => {
    const config = `${I440}hostpci0: mapping=igpu-vf\nhostpci2: 0000:01:00.0\n\n[PENDING]\nhostpci1: mapping=igpu-vf\n`;
    const all = mapping(
      'igpu-vf',
      [1, 2, 3, 4, 5, 6, 7].map((n) => mapLine(n)),
      POOL_BY_ASSIGN,
    );
    const plan = planOf(assign({ vms: { 101: config }, mapping: all }));
    expect(actions(plan)).toEqual(['setGuestConfig']);
    expect(guestChange(plan)?.set).toEqual({ hostpci3: 'mapping=igpu-vf' });
  });

  test('an index that [PENDING] deletes is still taken', () => {
    const config = `${I440}hostpci0: 0000:01:00.0\n\n[PENDING]\ndelete: hostpci0\n`;
    expect(guestChange(planOf(assign({ vms: { 101: config } })))?.set).toEqual({ hostpci1: 'mapping=igpu-vf' });
  });

  test('all sixteen taken', () => {
    const config = I440 + Array.from({ length: 16 }, (_, n) => `hostpci${n}: 0000:01:00.${n % 8}\n`).join('');
    expect(problemOf(assign({ vms: { 101: config } })).code).toBe('guest.config');
  });

  test('makes a stale pool true, keeps other nodes in place, leaves pinned VFs out', () => {
    const old = mapping(
      'igpu-vf',
      [mapLine(1, { group: 3 }), mapLine(1, { node: 'other', group: 9 }), mapLine(2), mapLine(7)],
      POOL_BY_ASSIGN,
    );
    const plan = planOf(assign({ vfs: 4, vms: { 101: VM, 102: 'memory: 512\nhostpci0: 0000:00:02.2\n' }, mapping: old }));
    const step = plan.steps[0] as StepOf<'updatePool'>;
    expect(step.args.pool.entries.map((entry) => `\tmap ${printPoolEntry(entry)}\n`)).toEqual([
      mapLine(1),
      mapLine(3),
      mapLine(4),
      mapLine(1, { node: 'other', group: 9 }),
    ]);
    expect(step.reason).toContain('refreshed 0000:00:02.1: its IOMMU group is 20 now');
    expect(step.reason).toContain('removed 0000:00:02.2: VM 102 has it pinned');
    expect(step.reason).toContain('removed 0000:00:02.7: it does not exist now');
    expect(plan.remarks.map((remark) => remark.id)).toContain('pool.corrected');
  });

  test('a pool that somebody made by hand is corrected but not filled', () => {
    const plan = planOf(
      assign({ vms: { 101: VM }, mapping: mapping('mine', [mapLine(2), mapLine(3, { group: 4 })]) }, { pool: 'mine' }),
    );
    const step = plan.steps[0] as StepOf<'updatePool'>;
    expect(step.args.pool.entries.map((entry) => entry.path)).toEqual(['0000:00:02.2', '0000:00:02.3']);
    expect(guestChange(plan)?.set).toEqual({ hostpci0: 'mapping=mine,pcie=1' });
  });

  test.each([
    ['the PF', 'gpu\n\tmap id=8086:a780,iommugroup=0,node=pve,path=0000:00:02.0,subsystem-id=1043:8882\n\n'],
    ['another vendor', 'gpu\n\tmap id=10de:1b80,iommugroup=1,node=pve,path=0000:01:00.0\n\n'],
    ['another Intel device', 'gpu\n\tmap id=8086:15f3,iommugroup=1,node=pve,path=0000:03:00.0\n\n'],
    ['mediated devices', `gpu\n${mapLine(1)}\tmdev 1\n\n`],
  ])('a mapping of %s is refused', (_, text) => {
    const problem = problemOf(assign({ vms: { 101: VM }, mapping: text }, { pool: 'gpu' }));
    expect(problem.code).toBe('pool.invalid');
    expect(problem.message).toContain('gpu');
  });

  test('no VF left for the pool', () => {
    const problem = problemOf(assign({ vfs: 1, vms: { 101: VM, 102: 'memory: 512\nhostpci0: 0000:00:02.1\n' } }));
    expect(problem.code).toBe('guest.slice-taken');
  });

  test('primary, ROM and hook are set only when asked for', () => {
    const plan = planOf(assign({ vms: { 101: VM } }, { primary: true, hook: true }));
    expect(guestChange(plan)?.set).toEqual({
      hostpci0: 'mapping=igpu-vf,pcie=1,x-vga=1',
      hookscript: 'local:snippets/pveigpu-hook',
    });
    expect(actions(plan)).toEqual(['createPool', 'writeFile', 'setGuestConfig']);
  });

  test('Panther Lake: the driver that VFs want is kept', () => {
    const plan = planOf(
      assign({
        vms: { 101: VM },
        device: 'b080',
        gpu: { driver: 'xe' },
        vf: { driver: 'xe-vfio-pci', driverOverride: { state: 'known', value: 'xe-vfio-pci' } },
        parts: {
          kernel: { release: '7.0.0-3-pve' },
          pve: { packages: { 'pve-manager': '9.2.11', 'qemu-server': '9.2.6' } },
          modules: {
            modules: [
              { name: 'xe', loaded: true, origin: 'stock', parameters: {} },
              { name: 'xe_vfio_pci', loaded: true, origin: 'stock', parameters: {} },
            ],
          },
        },
      }),
    );
    expect(guestChange(plan)?.set).toEqual({ hostpci0: 'mapping=igpu-vf,pcie=1,driver=keep' });
  });
});

describe('a pinned VF', () => {
  test('is named with its function and gets the hook', () => {
    const plan = planOf(assign({ vms: { 101: VM } }, { vf: 3 }));
    expect(actions(plan)).toEqual(['writeFile', 'setGuestConfig']);
    expect((plan.steps[0] as StepOf<'writeFile'>).args).toEqual({
      path: '/var/lib/vz/snippets/pveigpu-hook',
      base64: btoa(STUB),
      mode: 0o755,
      before: { kind: 'absent' },
    });
    expect(guestChange(plan)?.set).toEqual({ hostpci0: '0000:00:02.3,pcie=1', hookscript: 'local:snippets/pveigpu-hook' });
  });

  test('its address comes from the link, wherever that leads', () => {
    const vfs = [
      { index: 0, bdf: bdf('0000:00:02.5') },
      { index: 1, bdf: bdf('0000:00:02.1') },
    ];
    const gpu = { sriov: { totalVfs: 7, offset: 1, stride: 1, vfs } };
    expect(guestChange(planOf(assign({ vms: { 101: VM }, gpu }, { vf: 1 })))?.set.hostpci0).toBe('0000:00:02.5,pcie=1');
  });

  test('leaves every pool that names it', () => {
    const text = mapping('igpu-vf', [mapLine(2), mapLine(3)], POOL_BY_ASSIGN) + mapping('hand', [mapLine(3), mapLine(4)]);
    const plan = planOf(assign({ vms: { 101: VM }, mapping: text }, { vf: 3 }));
    const pools = plan.steps.filter((step): step is StepOf<'updatePool'> => step.action === 'updatePool');
    expect(pools.map(({ args }) => [args.pool.id, args.pool.entries.map((entry) => entry.path)])).toEqual([
      ['igpu-vf', ['0000:00:02.2']],
      ['hand', ['0000:00:02.4']],
    ]);
  });

  test('a second slice says that it is one, and does not repeat what the guest needs', () => {
    const plan = planOf(assign({ vms: { 101: `${VM}ostype: l26\nhostpci0: 0000:00:02.1\n` } }, { vf: 3 }));
    expect(plan.remarks.find(({ id }) => id === 'guest.second-slice')?.text).toContain('hostpci0: 0000:00:02.1');
    expect(plan.remarks.map(({ id }) => id)).not.toContain('guest.needs');
  });

  test('given twice changes nothing', () => {
    const config = `${VM}hostpci0: 0000:00:02.3,pcie=1\nhookscript: local:snippets/pveigpu-hook\n`;
    const hookFile = { kind: 'file', base64: btoa(STUB), mode: 0o755, uid: 0, gid: 0 } as const;
    const plan = planOf(assign({ vms: { 101: config }, hookFile }, { vf: 3 }));
    expect(plan.steps).toEqual([]);
    expect(plan.remarks.map((remark) => remark.id)).toEqual(['guest.already-assigned']);
  });

  test('an entry that is there stays: what was asked for besides it is said to do nothing', () => {
    const vms = { 101: `${VM}hostpci0: 0000:00:02.3\n` };
    const plan = planOf(assign({ vms }, { vf: 3, primary: true }));
    expect(guestChange(plan)?.set).toEqual({ hookscript: 'local:snippets/pveigpu-hook' });
    expect(remarkIds(plan)).toContain('warning guest.options-ignored');
    expect(remarkIds(plan)).not.toContain('warning guest.primary');
  });

  test('an older hookscript of ours is brought up to date, one of somebody else is not touched', () => {
    const file = (text: string) => ({ kind: 'file', base64: btoa(text), mode: 0o755, uid: 0, gid: 0 }) as const;
    const older = planOf(assign({ vms: { 101: VM }, hookFile: file('#!/usr/bin/perl\n# pveigpu 0.0.1\n') }, { vf: 3 }));
    expect(actions(older)).toEqual(['writeFile', 'setGuestConfig']);
    const foreign = planOf(assign({ vms: { 101: VM }, hookFile: file('#!/bin/sh\necho mine\n') }, { vf: 3 }));
    expect(actions(foreign)).toEqual(['setGuestConfig']);
    expect(foreign.remarks).toContainEqual(expect.objectContaining({ level: 'blocker', id: 'hook.foreign-file' }));
  });
});

describe('no VF exists yet', () => {
  test('the plan only makes them, and says that the rest follows', () => {
    const plan = planOf(assign({ vms: { 101: VM }, vfs: 0 }, { vf: 2 }));
    expect(new Set(actions(plan))).toEqual(new Set(['writeSysfs']));
    expect(plan.then).toContain('VM 101');
    expect(plan.steps.map((step) => step.action === 'writeSysfs' && step.args.path.split('/').at(-1)).slice(0, 4)).toEqual([
      'sriov_drivers_autoprobe',
      'sriov_numvfs',
      'driver_override',
      'drivers_probe',
    ]);
  });

  test('what can be foreseen of the slice is shown: the entry, the hookscript, and what the guest needs', () => {
    const pool = planOf(assign({ vms: { 101: `${VM}ostype: l26\n` }, vfs: 0 }));
    expect(pool.ahead?.map(({ action }) => action)).toEqual(['setGuestConfig']);
    expect(pool.ahead?.[0]?.args).toMatchObject({ set: { hostpci0: 'mapping=igpu-vf,pcie=1' } });
    expect(remarkIds(pool)).toEqual(
      expect.arrayContaining(['note guest.no-live-migration', 'note guest.needs', 'note vf.until-reboot']),
    );
    const pinned = planOf(assign({ vms: { 101: VM }, vfs: 0 }, { vf: 2 }));
    expect(pinned.ahead?.map(({ action }) => action)).toEqual(['writeFile', 'setGuestConfig']);
    expect(pinned.ahead?.at(-1)?.args).toMatchObject({ set: { hostpci0: '0000:00:02.2,pcie=1' } });
  });

  test('a pool that was right before the reboot is not called wrong', () => {
    const spec = { vms: { 101: VM }, vfs: 0, mapping: mapping('igpu-vf', [mapLine(1), mapLine(2)], POOL_BY_ASSIGN) };
    expect(remarkIds(planOf(assign(spec)))).not.toContain('note pool.corrected');
  });

  test.each([
    ['a VF that there will not be', VM, {}, { vf: 8 }, 'vf.range'],
    ['a VF that its args name', `${VM}args: -device vfio-pci,host=00:02.3\n`, {}, { vf: 3 }, 'guest.slice-taken'],
    [
      'a pool of something else',
      VM,
      { mapping: 'nics\n\tmap id=8086:15f3,iommugroup=9,node=pve,path=0000:03:00.0\n\n' },
      { pool: 'nics' },
      'pool.invalid',
    ],
    [
      'no free entry',
      VM + Array.from({ length: 16 }, (_, index) => `hostpci${index}: 01:00.0\n`).join(''),
      {},
      {},
      'guest.config',
    ],
  ] as const)('%s is refused before any VF is made', (_, text, spec, request, code) => {
    expect(problemOf(assign({ vms: { 101: text }, vfs: 0, ...spec }, request)).code).toBe(code);
  });

  test('a VF that another guest wants at boot too blocks before any VF is made', () => {
    const vms = { 101: `${VM}onboot: 1\n`, 102: `${VM}onboot: 1\nhostpci0: 0000:00:02.3\n` };
    expect(remarkIds(planOf(assign({ vms, vfs: 0 }, { vf: 3 })))).toContain('blocker slice.shared');
  });

  test('a host that must be set up first is refused with what it needs', () => {
    const modules = { modules: [{ name: 'i915', loaded: true, origin: 'stock' as const, parameters: {} }] };
    const problem = problemOf(assign({ vms: { 101: VM }, vfs: 0, parts: { modules, logs: { lines: [] } } }));
    expect(problem.code).toBe('gpu.cannot');
    expect(problem.hint).toBeTruthy();
  });
});
