// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { MdevListView } from '../../src/core/mdev/mdev-list-view.ts';
import type { MdevTypesView } from '../../src/core/mdev/mdev-types-view.ts';
import type { StatusView } from '../../src/core/status/status-view.ts';
import type { SliceMap } from '../../ui-extension/model/slice-map.ts';
import { sliceMapOf } from '../../ui-extension/model/slices.ts';
import { sayIn } from '../../ui-extension/model/texts/say.ts';
import { type Simulated, simulated } from '../app/simulated.ts';
import { asked, done } from './asked.ts';

const say = sayIn('en');

async function mapOf(machine: Simulated): Promise<SliceMap> {
  const status = await asked<StatusView>(machine, 'status');
  const { mdevs } = await asked<MdevListView>(machine, 'mdev list');
  const { gpus } = await asked<MdevTypesView>(machine, 'mdev types');
  return sliceMapOf(status, { mdevs, types: gpus }, say);
}

/** Each box as one line: title, state, owner. */
function lines({ gpus }: SliceMap): readonly string[] {
  return gpus.flatMap(({ cells }) => cells.map(({ title, state, owner }) => `${title} ${state} ${owner ?? '-'}`));
}

describe('slice map', () => {
  test('a GPU that is not divided is one box of the node', async () => {
    const map = await mapOf(simulated('raptor-lake-s'));
    expect(lines(map)).toEqual(['GPU host -']);
    expect(map.gpus[0]?.subtitle).toBe('Keep on the node · driver i915');
    expect(map.legend.map(({ state }) => state)).toEqual(['host']);
  });

  test('free VFs, one that is named by address, one that a running guest of a pool has', async () => {
    const machine = simulated('raptor-lake-s');
    await done(machine, 'vf create 4 --yes');
    await done(machine, 'assign 101 --yes');
    await done(machine, 'assign 102 --vf 3 --yes');
    const before = await mapOf(machine);
    expect(lines(before)).toEqual(['GPU host -', 'VF 1 free -', 'VF 2 free -', 'VF 3 assigned VM 102', 'VF 4 free -']);
    expect(before.gpus[0]?.notes).toEqual(['VM 101 takes a free one of pool igpu-vf at its next start.']);
    expect(before.gpus[0]?.subtitle).toContain('3 of 4 free');

    await machine.must('qm', 'start', '101');
    const after = await mapOf(machine);
    expect(lines(after)).toEqual(['GPU host -', 'VF 1 running VM 101', 'VF 2 free -', 'VF 3 assigned VM 102', 'VF 4 free -']);
    expect(after.gpus[0]?.notes).toEqual([]);
    const held = after.gpus[0]?.cells[1];
    expect(held?.vmids).toEqual([101]);
    expect(held?.details).toContainEqual({ name: 'Pool', text: 'igpu-vf' });
    expect(new Set(after.gpus[0]?.cells.map(({ id }) => id)).size).toBe(5);
  });

  test('a VF whose removal hangs is going away', async () => {
    const machine = simulated('raptor-lake-s');
    await done(machine, 'vf create 2 --yes');
    machine.hangRemoval('0000:00:02.1');
    expect((await mapOf(machine)).gpus[0]?.cells.map(({ state }) => state)).toContain('leaving');
  });

  test('a container that shares the render node has a box beside the GPU', async () => {
    const machine = simulated('raptor-lake-s');
    await done(machine, 'assign 200 --yes');
    const map = await mapOf(machine);
    expect(lines(map)).toEqual(['GPU host -', 'container 200 assigned render node']);
    expect(map.gpus[0]?.cells[1]?.vmids).toEqual([200]);
  });

  test('a mediated device that fits, and then is of a running guest', async () => {
    const machine = simulated('coffee-lake');
    const before = await mapOf(machine);
    expect(lines(before)).toEqual(['GPU host -', 'mdev 1 free -']);
    expect(before.gpus[0]?.cells[1]?.details).toEqual([
      { name: 'Type', text: 'i915-GVTg_V5_4' },
      { name: 'Resolution', text: '1920x1200' },
      { name: 'Or instead', text: '2 × i915-GVTg_V5_8' },
    ]);
    await done(machine, 'assign 101 --mode gvt-g --yes');
    await machine.must('qm', 'start', '101');
    const map = await mapOf(machine);
    expect(lines(map)).toEqual(['GPU host -', 'mdev 1 running VM 101']);
    expect(map.gpus[0]?.subtitle).toContain('0 of 1 free');
  });

  test('without an Intel GPU there is nothing', async () => {
    const map = await mapOf(simulated('no-igpu'));
    expect(map.gpus).toEqual([]);
    expect(map.legend).toEqual([]);
  });
});
