// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { POOL_BY_ASSIGN, POOL_BY_NAME } from '../../../src/core/assign/ours.ts';
import { checkPool } from '../../../src/core/guest/pool-check.ts';
import { parsePoolConfig } from '../../../src/core/guest/pool-config.ts';
import type { StepOf } from '../../../src/core/plan/action.ts';
import { EMPTY_LEDGER } from '../../../src/core/plan/ledger.ts';
import { type PoolRequest, type PoolVerb, planPoolChange } from '../../../src/core/pool/plan-pool.ts';
import { poolRows, poolsView } from '../../../src/core/pool/pools-view.ts';
import { syncEntries } from '../../../src/core/pool/sync-entries.ts';
import { deviceAt, intelVfs } from '../../../src/core/vf/vf.ts';
import { actions, groundOf, mapLine, mapping, type NodeSpec, planOf, problemOf } from '../assign/ground.ts';

const VM = 'memory: 512\n';
const plan = (spec: NodeSpec, verb: PoolVerb, request: PoolRequest = {}) =>
  planPoolChange(groundOf(spec).facts, EMPTY_LEDGER, verb, request);

describe('create', () => {
  test('names every VF that no guest has pinned, and stays until it is removed by name', () => {
    const made = planOf(plan({ vfs: 3, vms: { 101: `${VM}hostpci0: 0000:00:02.2\n` } }, 'create'));
    const { pool } = (made.steps[0] as StepOf<'createPool'>).args;
    expect(pool.description).toBe(POOL_BY_NAME);
    expect(pool.entries.map((entry) => entry.path)).toEqual(['0000:00:02.1', '0000:00:02.3']);
  });

  test('asked for by name, a pool that an assignment made stays', () => {
    const step = planOf(plan({ vfs: 1, mapping: mapping('igpu-vf', [mapLine(1)], POOL_BY_ASSIGN) }, 'create')).steps[0];
    expect((step as StepOf<'updatePool'>).args.pool.description).toBe(POOL_BY_NAME);
  });

  test('what is as it should be gives an empty plan', () => {
    expect(planOf(plan({ vfs: 1, mapping: mapping('igpu-vf', [mapLine(1)], POOL_BY_NAME) }, 'create')).steps).toEqual([]);
  });

  test.each<[string, NodeSpec, PoolRequest, string]>([
    ['no VF', { vfs: 0 }, {}, 'vf.none'],
    ['a bad name', {}, { id: 'ä' }, 'usage'],
    [
      'a mapping of something else',
      { mapping: 'nic\n\tmap id=8086:15f3,node=pve,path=0000:03:00.0\n\n' },
      { id: 'nic' },
      'pool.invalid',
    ],
  ])('refused: %s', (_, spec, request, code) => {
    expect(problemOf(plan(spec, 'create', request)).code).toBe(code);
  });
});

describe('sync and remove', () => {
  test('a pool by hand is made true but not filled; ours is filled', () => {
    const lines = [mapLine(2, { group: 1 })];
    const hand = planOf(plan({ vfs: 3, mapping: mapping('hand', lines) }, 'sync', { id: 'hand' }))
      .steps[0] as StepOf<'updatePool'>;
    expect(hand.args.pool.entries.map((entry) => [entry.path, entry.iommuGroup])).toEqual([['0000:00:02.2', 21]]);
    const ours = planOf(plan({ vfs: 3, mapping: mapping('igpu-vf', lines, POOL_BY_NAME) }, 'sync'))
      .steps[0] as StepOf<'updatePool'>;
    expect(ours.args.pool.entries.map((entry) => entry.path)).toEqual(['0000:00:02.1', '0000:00:02.2', '0000:00:02.3']);
  });

  test('no such pool', () => {
    expect(problemOf(plan({}, 'sync')).code).toBe('pool.invalid');
    expect(planOf(plan({}, 'remove')).steps).toEqual([]);
  });

  test('removed only when nobody uses it and it is ours', () => {
    const ours = mapping('igpu-vf', [mapLine(1)], POOL_BY_NAME);
    expect(actions(planOf(plan({ mapping: ours }, 'remove')))).toEqual(['removePool']);
    const used = problemOf(plan({ mapping: ours, vms: { 101: `${VM}hostpci0: mapping=igpu-vf\n` } }, 'remove'));
    expect(used).toMatchObject({ code: 'vf.in-use', message: expect.stringContaining('VM 101') });
    const snapshot = `${VM}parent: before\n\n[before]\nhostpci0: mapping=igpu-vf\nsnaptime: 1700000000\n`;
    expect(problemOf(plan({ mapping: ours, vms: { 101: snapshot } }, 'remove')).message).toContain('snapshot "before" of VM 101');
    expect(problemOf(plan({ mapping: mapping('igpu-vf', [mapLine(1)]) }, 'remove')).code).toBe('pool.invalid');
  });
});

test('the list says in PVE’s own words which entry is wrong', () => {
  const text = mapping('igpu-vf', [mapLine(1), mapLine(2, { group: 3 }), mapLine(1, { node: 'other' })], POOL_BY_NAME);
  const view = poolsView(groundOf({ mapping: text, vms: { 101: `${VM}hostpci0: mapping=igpu-vf\n` } }).facts, EMPTY_LEDGER);
  expect(view.pools[0]).toMatchObject({ ofVfs: true, ours: true, startable: false, usedBy: ['VM 101'] });
  expect(poolRows(view).map((row) => row[5])).toEqual([
    'STATE',
    'right',
    "'iommugroup' does not match for 'igpu-vf' (21 != 3)",
    'other node',
  ]);
});

test('whatever stood in a pool, after a sync PVE finds nothing wrong, other nodes are as before, and a second sync changes nothing', () => {
  const line = fc.record({
    number: fc.integer({ min: 1, max: 7 }),
    group: fc.constantFrom(20, 21, 30),
    node: fc.constantFrom('pve', 'other'),
  });
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 8 }),
      fc.integer({ min: 1, max: 7 }),
      fc.boolean(),
      fc.constantFrom(0, 1, 3),
      (lines, vfs, fills, pin) => {
        const text = mapping(
          'igpu-vf',
          lines.map((one) => mapLine(one.number, one)),
        );
        const { facts } = groundOf({ vfs });
        if (facts.pci.state !== 'known') throw new Error('no pci');
        const pci = facts.pci.value;
        const pinned = new Map(pin === 0 ? [] : [[`0000:00:02.${pin}`, 'VM 102']]);
        const wish = { pci, node: 'pve', pinned, fill: fills ? intelVfs(pci) : [] };
        const before = parsePoolConfig(text)[0]?.entries ?? [];
        const { entries } = syncEntries(before, wish);
        const others = (list: typeof entries) => list.filter((entry) => entry.node !== 'pve');
        expect(others(entries)).toEqual(others(before));
        const own = entries.filter((entry) => entry.node === 'pve');
        const pool = { id: 'igpu-vf', mdev: false, liveMigrationCapable: false, entries };
        if (own.length > 0) expect(checkPool(pool, 'pve', (path) => deviceAt(pci, path))).toBeUndefined();
        expect(own.some((entry) => pinned.has(entry.path))).toBe(false);
        expect(new Set(own.map((entry) => entry.path)).size).toBe(own.length);
        if (fills) expect(own.length).toBe(vfs - (pin > 0 && pin <= vfs ? 1 : 0));
        expect(syncEntries(entries, wish)).toEqual({ entries, changes: [] });
      },
    ),
    { numRuns: 300 },
  );
});
