// SPDX-License-Identifier: AGPL-3.0-or-later
import type { EngineUsage } from './gpu-usage.ts';
import { percent } from './intel-gpu-top.ts';

/** One engine of xe's counters: `gt` and `class` as the kernel numbers them (xe_pmu.c, xe_drm.h: render, copy, video, video enhance, compute). */
interface XeEngine {
  readonly name: string;
  readonly gt: number;
  readonly class: number;
  readonly instance: number;
}

// video engines are on the second GT from Meteor Lake on, on the first before; an engine that is not there is reported as not supported
const ENGINES: readonly XeEngine[] = [
  { name: 'Render/3D', gt: 0, class: 0, instance: 0 },
  { name: 'Blitter', gt: 0, class: 1, instance: 0 },
  ...[0, 1].flatMap((gt) => [
    { name: 'Video', gt, class: 2, instance: 0 },
    { name: 'Video 2', gt, class: 2, instance: 1 },
    { name: 'VideoEnhance', gt, class: 3, instance: 0 },
  ]),
  { name: 'Compute', gt: 0, class: 4, instance: 0 },
];

const EVENTS = ['engine-active-ticks', 'engine-total-ticks'] as const;

/** The name of xe's counters in sysfs and for perf: colons are perf's own (xe_pmu.c). */
export function xePmu(bdf: string): string {
  return `xe_${bdf.replaceAll(':', '_')}`;
}

/** `perf stat` over all engines for a time; it prints one line an event, fields apart by `;`, on standard error. */
export function xePerfArgv(bdf: string, seconds: number): readonly [string, ...string[]] {
  const events = ENGINES.flatMap((engine) => EVENTS.flatMap((event) => ['-e', eventOf(bdf, event, engine)]));
  return ['perf', 'stat', '-a', '-x', ';', ...events, 'sleep', String(seconds)];
}

function eventOf(bdf: string, event: (typeof EVENTS)[number], { gt, class: engineClass, instance }: XeEngine): string {
  return `${xePmu(bdf)}/${event},gt=${gt},engine_class=${engineClass},engine_instance=${instance}/`;
}

/** Reads what `perf stat` counted; engines that this GPU has not are left out. Undefined when none was counted. */
export function parseXePerf(bdf: string, text: string): readonly EngineUsage[] | undefined {
  const counts = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [value = '', , event = ''] = line.split(';');
    if (/^\d+$/.test(value)) counts.set(event, Number(value));
  }
  const engines = ENGINES.flatMap((engine) => {
    const [active, total] = EVENTS.map((event) => counts.get(eventOf(bdf, event, engine)));
    return active === undefined || total === undefined || total === 0
      ? []
      : [{ name: engine.name, busyPercent: percent((100 * active) / total) }];
  });
  return engines.length === 0 ? undefined : engines;
}
