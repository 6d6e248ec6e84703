// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { POOL_BY_ASSIGN, POOL_BY_NAME } from '../../../src/core/assign/ours.ts';
import { planRelease } from '../../../src/core/assign/plan-unassign.ts';
import { known } from '../../../src/core/facts/section.ts';
import type { StepOf } from '../../../src/core/plan/action.ts';
import { EMPTY_LEDGER, recordGuest } from '../../../src/core/plan/ledger.ts';
import { without } from '../../support/facts.ts';
import {
  actions,
  groundOf,
  guestChange,
  mapLine,
  mapping,
  type NodeSpec,
  planOf,
  problemOf,
  remarkIds,
  STUB,
  unassign,
} from './ground.ts';

const VM = 'cores: 2\nmemory: 2048\n';
const HOOK = 'hookscript: local:snippets/pveigpu-hook\n';
const OURS = mapping('igpu-vf', [mapLine(1), mapLine(2)], POOL_BY_ASSIGN);
const hookFile = { kind: 'file', base64: btoa(STUB), mode: 0o755, uid: 0, gid: 0 } as const;

function ledgerWith(vmid: number, keys: { readonly [key: string]: readonly [string | null, string] }) {
  const changes = Object.entries(keys).map(([key, [before, value]]) => [key, { before, value }] as const);
  return recordGuest(EMPTY_LEDGER, 'qemu', vmid, Object.fromEntries(changes));
}

describe('recognised without a ledger', () => {
  test('a slice of our pool, and the pool goes with its last user', () => {
    const plan = planOf(unassign({ vms: { 101: `${VM}hostpci0: mapping=igpu-vf,pcie=1\n` }, mapping: OURS }));
    expect(guestChange(plan)).toMatchObject({ set: {}, remove: ['hostpci0'], revert: [], release: true, digest: 'd1' });
    expect(guestChange(plan)?.before).toEqual({ hostpci0: 'mapping=igpu-vf,pcie=1' });
    expect(actions(plan)).toEqual(['setGuestConfig', 'removePool']);
  });

  test('a pinned VF with our hookscript, and the script goes with its last user', () => {
    const plan = planOf(unassign({ vms: { 101: `${VM}${HOOK}hostpci0: 0000:00:02.3\n` }, hookFile }));
    expect(guestChange(plan)?.remove).toEqual(['hookscript', 'hostpci0']);
    expect(actions(plan)).toEqual(['setGuestConfig', 'removeFile']);
    expect((plan.steps[1] as StepOf<'removeFile'>).args).toMatchObject({
      path: '/var/lib/vz/snippets/pveigpu-hook',
      release: true,
    });
  });

  test('a VF that does not exist here, as after a migration or a restore', () => {
    const spec: NodeSpec = { vfs: 0, vms: { 101: `${VM}${HOOK}hostpci0: 0000:00:02.3\nhostpci1: mapping=igpu-vf\n` } };
    expect(guestChange(planOf(unassign(spec)))?.remove).toEqual(['hookscript', 'hostpci0', 'hostpci1']);
  });

  test('on another storage after a restore', () => {
    const spec: NodeSpec = { vms: { 101: `${VM}hookscript: nas:snippets/pveigpu-hook\nhostpci0: 0000:00:02.3\n` } };
    expect(guestChange(planOf(unassign(spec)))?.remove).toEqual(['hookscript', 'hostpci0']);
  });

  test('other devices of the user stay, also beside our hookscript', () => {
    const spec: NodeSpec = {
      vms: { 101: `${VM}${HOOK}hostpci0: 0000:03:00.0\nhostpci1: 0000:00:02.3\nhostpci2: mapping=nics\nargs: -S\n` },
    };
    const plan = planOf(unassign(spec));
    expect(guestChange(plan)?.remove).toEqual(['hookscript', 'hostpci1']);
  });

  test('an option that the user added to our entry does not make it his', () => {
    const plan = planOf(unassign({ vms: { 101: `${VM}hostpci0: mapping=igpu-vf,rombar=0\n` }, mapping: OURS }));
    expect(guestChange(plan)?.remove).toEqual(['hostpci0']);
  });

  test('another hookscript that was set meanwhile stays', () => {
    const plan = planOf(
      unassign({ vms: { 101: `${VM}hookscript: local:snippets/mine.sh\nhostpci0: mapping=igpu-vf\n` }, mapping: OURS }),
    );
    expect(guestChange(plan)?.remove).toEqual(['hostpci0']);
  });

  test('a template made of an assigned VM', () => {
    const plan = planOf(unassign({ vms: { 101: `${VM}template: 1\nhostpci0: mapping=igpu-vf\n` }, mapping: OURS }));
    expect(guestChange(plan)?.remove).toEqual(['hostpci0']);
  });
});

describe('while it is pending', () => {
  const pending = `${VM}\n[PENDING]\nhostpci0: mapping=igpu-vf\n`;

  test('a value that never came into force is reverted, and the pool goes at once', () => {
    const plan = planOf(unassign({ vms: { 101: pending }, running: [101], mapping: OURS }));
    expect(guestChange(plan)).toMatchObject({ remove: [], revert: ['hostpci0'] });
    expect(guestChange(plan)?.before).toEqual({ hostpci0: 'mapping=igpu-vf' });
    expect(actions(plan)).toEqual(['setGuestConfig', 'removePool']);
    expect(remarkIds(plan)).not.toContain('note guest.running');
  });

  test('the hookscript, which takes effect at once, is deleted', () => {
    const spec: NodeSpec = { vms: { 101: `${VM}${HOOK}\n[PENDING]\nhostpci0: 0000:00:02.3\n` }, running: [101], hookFile };
    const plan = planOf(unassign(spec));
    expect(guestChange(plan)).toMatchObject({ remove: ['hookscript'], revert: ['hostpci0'] });
    expect(actions(plan)).toEqual(['setGuestConfig', 'removeFile']);
  });

  test('a value of the user that ours would replace comes back', () => {
    const spec: NodeSpec = {
      vms: { 101: `${VM}hostpci0: 0000:03:00.0\n\n[PENDING]\nhostpci0: mapping=igpu-vf\n` },
      running: [101],
      mapping: OURS,
    };
    expect(guestChange(planOf(unassign(spec)))).toMatchObject({ set: {}, remove: [], revert: ['hostpci0'] });
  });

  test('a value of the user that waits to replace ours stays', () => {
    const spec: NodeSpec = {
      vms: { 101: `${VM}hostpci0: mapping=igpu-vf\n\n[PENDING]\nhostpci0: 0000:03:00.0\n` },
      running: [101],
      mapping: OURS,
    };
    expect(problemOf(unassign(spec)).code).toBe('guest.needs-flag');
  });

  test('what leaves already is said and not done twice', () => {
    const spec: NodeSpec = {
      vms: { 101: `${VM}hostpci0: mapping=igpu-vf\n\n[PENDING]\ndelete: hostpci0\n` },
      running: [101],
      mapping: OURS,
    };
    const plan = planOf(unassign(spec));
    expect(plan.steps).toEqual([]);
    expect(remarkIds(plan)).toContain('note guest.already-leaving');
  });

  test('a running guest keeps its pool: PVE cannot clean up after it without', () => {
    const plan = planOf(unassign({ vms: { 101: `${VM}hostpci0: mapping=igpu-vf\n` }, running: [101], mapping: OURS }));
    expect(actions(plan)).toEqual(['setGuestConfig']);
    expect(remarkIds(plan)).toEqual(expect.arrayContaining(['note guest.running', 'note pool.kept']));
  });

  test('asked again after its stop, what was kept for it goes', () => {
    const plan = planOf(unassign({ vms: { 101: VM }, mapping: OURS }));
    expect(actions(plan)).toEqual(['removePool']);
  });
});

describe('with a ledger', () => {
  test('previous values come back', () => {
    const ledger = ledgerWith(101, { hostpci0: ['0000:03:00.0', 'mapping=igpu-vf'] });
    const plan = planOf(unassign({ vms: { 101: `${VM}hostpci0: mapping=igpu-vf\n` }, mapping: OURS, ledger }));
    expect(guestChange(plan)).toMatchObject({ set: { hostpci0: '0000:03:00.0' }, remove: [] });
  });

  test('a key that the user changed since stays, and that is said', () => {
    const ledger = ledgerWith(101, { hostpci0: [null, '0000:00:02.3'], hookscript: [null, 'local:snippets/pveigpu-hook'] });
    const spec: NodeSpec = { vms: { 101: `${VM}hookscript: local:snippets/mine.sh\nhostpci0: 0000:00:02.3\n` }, ledger };
    const plan = planOf(unassign(spec));
    expect(guestChange(plan)?.remove).toEqual(['hostpci0']);
    expect(remarkIds(plan)).toContain('warning guest.key-changed');
  });

  test('a VF that the user had pinned by hand before ours stays', () => {
    const ledger = ledgerWith(101, { hostpci1: [null, '0000:00:02.3'], hookscript: [null, 'local:snippets/pveigpu-hook'] });
    const spec: NodeSpec = { vms: { 101: `${VM}${HOOK}hostpci0: 0000:00:02.5\nhostpci1: 0000:00:02.3\n` }, ledger };
    const plan = planOf(unassign(spec));
    expect(guestChange(plan)?.remove).toEqual(['hookscript', 'hostpci1']);
    expect(remarkIds(plan)).toContain('note guest.by-hand');
  });

  test('a pinned VF goes back into a pool of somebody else that had it', () => {
    const before = { id: 'hand', mdev: false, liveMigrationCapable: false, entries: [entry(2), entry(3), entry(4)] };
    const ledger = { ...ledgerWith(101, { hostpci0: [null, '0000:00:02.3'] }), pools: { hand: { ours: false, before } } };
    const spec: NodeSpec = {
      vms: { 101: `${VM}hostpci0: 0000:00:02.3\n` },
      mapping: mapping('hand', [mapLine(2), mapLine(4)]),
      ledger,
    };
    const step = planOf(unassign(spec)).steps[1] as StepOf<'updatePool'>;
    expect(step.args.pool.entries).toEqual(before.entries);
  });
});

describe('left alone', () => {
  test.each([
    ['a VF pinned by hand', 'hostpci0: 0000:00:02.3\n', 'guest.needs-flag'],
    ['a pool of somebody else', 'hostpci0: mapping=hand\n', 'guest.needs-flag'],
    ['QEMU arguments', 'args: -device vfio-pci,host=00:02.3\n', 'guest.not-assigned'],
    ['the whole GPU', 'hostpci0: 0000:00:02.0\n', 'guest.needs-flag'],
    ['nothing', '', 'guest.not-assigned'],
  ])('%s', (_, text, code) => {
    const spec: NodeSpec = { vms: { 101: VM + text }, mapping: mapping('hand', [mapLine(2)]) };
    expect(problemOf(unassign(spec)).code).toBe(code);
    if (code === 'guest.needs-flag') expect(guestChange(planOf(unassign(spec, { force: true })))?.remove).toEqual(['hostpci0']);
    else expect(problemOf(unassign(spec, { force: true })).code).toBe(code);
  });

  test('a locked guest', () => {
    expect(problemOf(unassign({ vms: { 101: `${VM}lock: migrate\nhostpci0: mapping=igpu-vf\n` }, mapping: OURS })).code).toBe(
      'guest.locked',
    );
  });

  test('a pool that other guests use, that was asked for by name, or that somebody made', () => {
    const own = `${VM}hostpci0: mapping=igpu-vf\n`;
    const shared = unassign({ vms: { 101: own, 102: own }, mapping: OURS });
    const named = unassign({ vms: { 101: own }, mapping: mapping('igpu-vf', [mapLine(1)], POOL_BY_NAME) });
    const foreign = unassign({ vms: { 101: own }, mapping: mapping('igpu-vf', [mapLine(1)]) });
    for (const result of [shared, named, foreign]) expect(actions(planOf(result))).toEqual(['setGuestConfig']);
  });

  test('a pool that a snapshot names: going back to it needs the pool', () => {
    const snap = `${VM}parent: before\nhostpci0: mapping=igpu-vf\n\n[before]\nmemory: 512\nhostpci0: mapping=igpu-vf\nsnaptime: 1700000000\n`;
    const plan = planOf(unassign({ vms: { 101: snap }, mapping: OURS }));
    expect(actions(plan)).toEqual(['setGuestConfig']);
    expect(remarkIds(plan)).toContain('note pool.kept');
  });

  test('pool and hookscript while the guests are not all known', () => {
    const parts = { pve: { vmlist: known([{ vmid: 900, node: 'other', kind: 'qemu' as const }]) } };
    const vms = { 101: `${VM}${HOOK}hostpci0: mapping=igpu-vf\n` };
    const plan = planOf(unassign({ vms, mapping: OURS, hookFile, parts }));
    expect(actions(plan)).toEqual(['setGuestConfig']);
    expect(remarkIds(plan)).toEqual(expect.arrayContaining(['note pool.kept', 'note hook.kept']));
  });

  test("other nodes' entries of the pool", () => {
    const text = mapping('igpu-vf', [mapLine(1), mapLine(1, { node: 'other' })], POOL_BY_ASSIGN);
    const plan = planOf(unassign({ vms: { 101: `${VM}hostpci0: mapping=igpu-vf\n` }, mapping: text }));
    const step = plan.steps[1] as StepOf<'updatePool'>;
    expect(step.args.pool.entries.map((one) => one.node)).toEqual(['other']);
  });

  test('the hookscript file that another guest names, or that somebody else wrote', () => {
    const own = `${VM}${HOOK}hostpci0: 0000:00:02.3\n`;
    expect(actions(planOf(unassign({ vms: { 101: own, 102: VM + HOOK }, hookFile })))).toEqual(['setGuestConfig']);
    const foreign = { ...hookFile, base64: btoa('#!/bin/sh\n') };
    expect(actions(planOf(unassign({ vms: { 101: own }, hookFile: foreign })))).toEqual(['setGuestConfig']);
  });

  test('everything, when the guests are not known', () => {
    const ground = groundOf({ vms: { 101: `${VM}hostpci0: mapping=igpu-vf\n` }, mapping: OURS });
    const problem = problemOf(planRelease({ ...ground, facts: without(ground.facts, 'EIO', 'guests') }, { vmid: 101 }));
    expect(problem.code).toBe('facts.unknown');
  });
});

test('a VF that a guest gives back returns to our pool', () => {
  const vms = { 101: `${VM}${HOOK}hostpci0: 0000:00:02.1\n`, 102: `${VM}hostpci0: mapping=igpu-vf\n` };
  const plan = planOf(unassign({ vfs: 2, vms, mapping: mapping('igpu-vf', [mapLine(2)], POOL_BY_ASSIGN) }));
  const step = plan.steps[1] as StepOf<'updatePool'>;
  expect(step.args.pool.entries.map((one) => one.path)).toEqual(['0000:00:02.1', '0000:00:02.2']);
});

function entry(number: number) {
  const path = `0000:00:02.${number}`;
  return { node: 'pve', id: '8086:a780', path, subsystemId: '1043:8882', iommuGroup: 19 + number };
}
