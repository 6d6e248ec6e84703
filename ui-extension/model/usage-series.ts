// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Say } from './texts/say.ts';
import type { GpuUsage } from './values.ts';

/** One measurement at a time. */
export interface UsageSample {
  /** Milliseconds since 1970, UTC. */
  readonly atMs: number;
  readonly usage: GpuUsage;
}

/** What `<pveigpu-usage>` shows of one GPU. */
export interface UsageSeries {
  readonly title: string;
  /** Why there is nothing to show; null when there is. */
  readonly why: string | null;
  /** Seconds since 1970, oldest first. */
  readonly times: readonly number[];
  /** One line an engine: its name and percent at each time, null where it was not measured. */
  readonly engines: readonly { readonly name: string; readonly percents: readonly (number | null)[] }[];
  /** Frequency, power and source in words. */
  readonly facts: readonly { readonly name: string; readonly text: string }[];
  /** Words of the component itself. */
  readonly words: { readonly unavailable: string; readonly waiting: string };
}

/** How many measurements are kept: ten minutes at one every two seconds. */
const MOST_SAMPLES = 300;

/** Samples with a new one, the oldest going first. */
export function withSample(samples: readonly UsageSample[], sample: UsageSample): readonly UsageSample[] {
  return [...samples, sample].slice(-MOST_SAMPLES);
}

/** The series of one GPU from its samples, oldest first. */
export function usageSeries(samples: readonly UsageSample[], title: string, say: Say): UsageSeries {
  const last = samples.at(-1)?.usage;
  const measured = samples.filter(({ usage }) => usage.source !== null);
  const names = [...new Set(measured.flatMap(({ usage }) => usage.engines.map(({ name }) => name)))];
  const busy = ({ usage }: UsageSample, name: string) => usage.engines.find((one) => one.name === name)?.busyPercent ?? null;
  const facts = [
    ...fact(say('field.frequency'), last?.frequencyMHz, (count) => say('usage.megahertz', { count: Math.round(count) })),
    ...fact(say('field.power'), last?.powerWatts, (count) => say('usage.watts', { count: count.toFixed(1) })),
    ...(typeof last?.source === 'string' ? [{ name: say('field.source'), text: last.source }] : []),
  ];
  return {
    title,
    why: last !== undefined && last.source === null ? (last.why ?? '') : null,
    times: measured.map(({ atMs }) => atMs / 1000),
    engines: names.map((name) => ({ name, percents: measured.map((sample) => busy(sample, name)) })),
    facts,
    words: { unavailable: say('usage.unavailable'), waiting: say('usage.waiting') },
  };
}

function fact(name: string, value: number | null | undefined, text: (count: number) => string): UsageSeries['facts'] {
  return typeof value === 'number' ? [{ name, text: text(value) }] : [];
}
