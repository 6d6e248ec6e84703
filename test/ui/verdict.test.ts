// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import type { MachineVerdict } from '../../src/core/gpu/verdict.ts';
import type { StatusView } from '../../src/core/status/status-view.ts';
import { setupChoices } from '../../ui-extension/model/setup-choices.ts';
import { sayIn } from '../../ui-extension/model/texts/say.ts';
import { cannotBeShared, type VerdictShown, verdictShown } from '../../ui-extension/model/verdict-rows.ts';
import { simulated } from '../app/simulated.ts';
import { asked } from './asked.ts';

async function shownOf(profile: string, language: 'en' | 'de' = 'en'): Promise<VerdictShown> {
  const machine = simulated(profile);
  const status = await asked<StatusView>(machine, 'status');
  return verdictShown(await asked<MachineVerdict>(machine, 'verdict'), status, sayIn(language));
}

describe('verdict', () => {
  test('one row a mode: what is in use, what is recommended, what is not possible and why', async () => {
    const { gpus, none } = await shownOf('raptor-lake-s');
    expect(none).toBeNull();
    const rows = gpus[0]?.rows ?? [];
    expect(rows.map(({ mode, answer, tone }) => `${mode} ${answer} ${tone}`)).toEqual([
      'host Yes good',
      'sriov Yes good',
      'gvt-g No none',
      'gvt-d After set-up info',
    ]);
    expect(rows[0]?.tags).toEqual(['in use']);
    expect(rows[1]?.tags).toEqual(['recommended', 'up to 7 VFs', 'i915-dkms']);
    expect(rows[2]?.reasons[0]?.text).toMatch(/does not support Raptor Lake/);
    expect(rows[3]?.needs.length).toBeGreaterThan(0);
  });

  test('in German the words are German, and what the node says stays', async () => {
    const { gpus } = await shownOf('raptor-lake-s', 'de');
    expect(gpus[0]?.rows[3]?.answer).toBe('Nach Einrichtung');
    expect(gpus[0]?.recommended).toMatch(/^Empfohlen: Virtuelle Funktionen \(SR-IOV\): up to 7 VMs/);
  });

  test('without an Intel GPU the reason is said, and foreign cards are no Intel ones', async () => {
    const { gpus, none } = await shownOf('no-igpu');
    expect(none).toMatch(/./);
    expect(gpus.map(({ isIntel }) => isIntel)).toEqual([false]);
  });
});

test('a GPU that nothing can be made of but sharing is told from one that can be given away', async () => {
  const { gpus } = await shownOf('raptor-lake-s');
  expect(cannotBeShared(gpus)).toBe(false);
  expect(cannotBeShared((await shownOf('no-igpu')).gpus)).toBe(false);
  const none = gpus.map((gpu) => ({ ...gpu, rows: gpu.rows.map((row) => ({ ...row, isPossible: row.mode === 'host' })) }));
  expect(cannotBeShared(none)).toBe(true);
});

describe('choices of the wizard', () => {
  test('the recommended mode is chosen at first, and VFs can be counted where there are some', async () => {
    const { gpus } = await shownOf('raptor-lake-s');
    const [gpu] = gpus;
    if (gpu === undefined) throw new Error('no GPU');
    const { choices, first } = setupChoices(gpu);
    expect(first).toBe('sriov');
    expect(choices.map(({ maxVfs }) => maxVfs)).toEqual([null, 7, null, null]);
    const impossible = choices.filter(({ isPossible }) => !isPossible);
    expect(impossible.map(({ mode }) => mode)).toEqual(['gvt-g']);
    expect(impossible[0]?.why).toMatch(/GVT-g does not support/);
  });

  test('a GPU that cannot be divided has no VFs to count, and something possible is chosen', async () => {
    const { gpus } = await shownOf('jasper-lake');
    const [gpu] = gpus;
    if (gpu === undefined) throw new Error('no GPU');
    const { choices, first } = setupChoices(gpu);
    expect(choices.find(({ mode }) => mode === 'sriov')?.isPossible).toBe(false);
    expect(choices.find(({ mode }) => mode === first)?.isPossible).toBe(true);
    expect(choices.every(({ maxVfs }) => maxVfs === null)).toBe(true);
  });
});
