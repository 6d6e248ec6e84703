// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseIntelGpuTop } from '../../../src/core/usage/intel-gpu-top.ts';
import { parseXePerf, xePerfArgv } from '../../../src/core/usage/xe-counters.ts';

/** One sample in the form that igt-gpu-tools prints. */
function sample(durationMs: number, busy: number, more = ''): string {
  return `{
	"period": {
		"duration": ${durationMs.toFixed(6)},
		"unit": "ms"
	},
	"frequency": { "requested": 1301.771478, "actual": 1151.797805, "unit": "MHz" },
	"interrupts": { "count": 520.908556, "unit": "irq/s" },
	"rc6": { "value": 45.313833, "unit": "%" },
	"power": { "GPU": 4.321987, "Package": 12.6, "unit": "W" },
	"engines": {
		"Render/3D": { "busy": ${busy.toFixed(6)}, "sema": 0.000000, "wait": 0.000000, "unit": "%" },
		"Video": { "busy": 11.719689, "sema": 0.000000, "wait": 0.000000, "unit": "%" }
	}${more}
}`;
}

const EXPECTED = {
  engines: [
    { name: 'Render/3D', busyPercent: 39.3 },
    { name: 'Video', busyPercent: 11.7 },
  ],
  frequencyMHz: 1152,
  powerWatts: 4.32,
};

describe('intel_gpu_top', () => {
  test.each([
    ['as a list that was not closed', `[\n${sample(0.03, 0)},\n${sample(500.1, 39.32)}`],
    ['one object after the other', `${sample(0.03, 0)},\n${sample(500.1, 39.32)}\n`],
    ['cut off within the next sample', `[\n${sample(500.1, 39.32)},\n${sample(500, 99).slice(0, 200)}`],
    [
      'with a program whose name holds braces and quotes',
      `[\n${sample(500.1, 39.32, ',\n"clients": {"1": {"name": "a}\\"{", "pid": "1"}}')}\n]`,
    ],
  ])('%s', (_name, text) => {
    expect(parseIntelGpuTop(text)).toEqual(EXPECTED);
  });

  test.each(['', '[\n', sample(0.03, 0), 'No device filter specified and no discrete/integrated i915 devices found'])(
    '%j has no sample of use',
    (text) => {
      expect(parseIntelGpuTop(text)).toBeUndefined();
    },
  );

  test('whatever it is given, it answers, and percents are percents', () => {
    fc.assert(
      fc.property(fc.double(), fc.string(), (busy, junk) => {
        const text = `${junk}${JSON.stringify({ period: { duration: 500 }, engines: { x: { busy } } })}`;
        for (const { busyPercent } of parseIntelGpuTop(text)?.engines ?? []) {
          expect(busyPercent).toBeGreaterThanOrEqual(0);
          expect(busyPercent).toBeLessThanOrEqual(100);
        }
      }),
    );
  });
});

describe("xe's counters", () => {
  const BDF = '0000:00:02.0';

  test('are asked for engine by engine, without a colon in the name', () => {
    const argv = xePerfArgv(BDF, 0.5);
    expect(argv).toContain('xe_0000_00_02.0/engine-active-ticks,gt=0,engine_class=0,engine_instance=0/');
    expect(argv.join(' ')).not.toContain(':');
  });

  test('are read as shares; what this GPU has not is left out', () => {
    const event = (name: string, gt: number, cls: number) =>
      `xe_0000_00_02.0/${name},gt=${gt},engine_class=${cls},engine_instance=0/`;
    const text = [
      `2400;;${event('engine-active-ticks', 0, 0)};501223000;100.00;;`,
      `9600;;${event('engine-total-ticks', 0, 0)};501223000;100.00;;`,
      `0;;${event('engine-active-ticks', 1, 2)};501223000;100.00;;`,
      `9600;;${event('engine-total-ticks', 1, 2)};501223000;100.00;;`,
      `<not supported>;;${event('engine-active-ticks', 0, 2)};0;100.00;;`,
    ].join('\n');
    expect(parseXePerf(BDF, text)).toEqual([
      { name: 'Render/3D', busyPercent: 25 },
      { name: 'Video', busyPercent: 0 },
    ]);
    expect(parseXePerf(BDF, 'event syntax error')).toBeUndefined();
  });
});
