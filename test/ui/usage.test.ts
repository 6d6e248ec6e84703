// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { sayIn } from '../../ui-extension/model/texts/say.ts';
import { type UsageSample, usageSeries, withSample } from '../../ui-extension/model/usage-series.ts';
import type { GpuUsage, UsageValue } from '../../ui-extension/model/values.ts';
import { served } from './served.ts';

const say = sayIn('en');

function sample(atMs: number, engines: GpuUsage['engines'], source: string | null = 'intel_gpu_top'): UsageSample {
  return {
    atMs,
    usage: { bdf: '0000:00:02.0', source, why: source === null ? 'Why.' : null, engines, frequencyMHz: 1234.6, powerWatts: 3.21 },
  };
}

describe('usage', () => {
  test('a node without the program says so', async () => {
    const { api } = await served();
    const { gpus } = await api.get<UsageValue>('usage');
    expect(gpus.length).toBe(1);
    const [usage] = gpus;
    if (usage === undefined) throw new Error('no GPU');
    const series = usageSeries([{ atMs: 0, usage }], 'GPU', say);
    expect(series.why === null).toBe(usage.source !== null);
    expect(series.why ?? series.facts[0]?.text).toMatch(/\S/);
  });

  test('one line an engine, with gaps where one was not measured', () => {
    const series = usageSeries(
      [sample(1000, [{ name: 'Render/3D', busyPercent: 5 }]), sample(3000, [{ name: 'Video', busyPercent: 40 }])],
      'GPU',
      say,
    );
    expect(series.times).toEqual([1, 3]);
    expect(series.engines).toEqual([
      { name: 'Render/3D', percents: [5, null] },
      { name: 'Video', percents: [null, 40] },
    ]);
    expect(series.facts.map(({ name, text }) => `${name} ${text}`)).toEqual([
      'Frequency 1235 MHz',
      'Power 3.2 W',
      'Measured by intel_gpu_top',
    ]);
  });

  test('what can no longer be measured says why, and measured times stay apart', () => {
    const series = usageSeries([sample(1000, [{ name: 'Video', busyPercent: 1 }]), sample(2000, [], null)], 'GPU', say);
    expect(series.why).toBe('Why.');
    expect(series.times).toEqual([1]);
  });

  test('only the newest samples are kept', () => {
    let samples: readonly UsageSample[] = [];
    for (let at = 0; at < 400; at += 1) samples = withSample(samples, sample(at, []));
    expect(samples.length).toBe(300);
    expect(samples[0]?.atMs).toBe(100);
  });
});
