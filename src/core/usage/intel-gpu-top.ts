// SPDX-License-Identifier: AGPL-3.0-or-later
import * as z from 'zod/mini';
import type { Measured } from './gpu-usage.ts';

const sample = z.object({
  period: z.object({ duration: z.number() }),
  frequency: z.optional(z.object({ actual: z.number() })),
  power: z.optional(z.looseObject({ GPU: z.optional(z.number()) })),
  engines: z.record(z.string(), z.object({ busy: z.number() })),
});

/** A first sample is over some microseconds alone and says nothing. */
const SHORTEST_MS = 50;
/** Of names of engines, which are shown. */
const NAME_CHARACTERS = 40;
const MOST_ENGINES = 32;

/**
 * Reads what `intel_gpu_top -J` printed until it was ended: objects one after the other, since igt-gpu-tools 1.27 within a list that nobody closes.
 * Answers the last whole sample of a usable length, undefined when there is none.
 */
export function parseIntelGpuTop(text: string): Measured | undefined {
  for (const part of topLevelObjects(text).reverse()) {
    const parsed = sample.safeParse(parseJson(part));
    if (!parsed.success || parsed.data.period.duration < SHORTEST_MS) continue;
    const { engines, frequency, power } = parsed.data;
    return {
      engines: Object.entries(engines)
        .slice(0, MOST_ENGINES)
        .map(([name, { busy }]) => ({ name: name.slice(0, NAME_CHARACTERS), busyPercent: percent(busy) })),
      frequencyMHz: frequency === undefined ? null : Math.max(0, Math.round(frequency.actual)),
      powerWatts: power?.GPU === undefined ? null : Math.max(0, Math.round(power.GPU * 100) / 100),
    };
  }
  return undefined;
}

/** Rounding of the counters gives 100.02 at times. */
export function percent(busy: number): number {
  return Math.round(Math.min(100, Math.max(0, busy)) * 10) / 10;
}

function topLevelObjects(text: string): string[] {
  const found: string[] = [];
  let [depth, start, isInText] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (isInText) {
      if (char === '\\') at += 1;
      else if (char === '"') isInText = false;
    } else if (char === '"') isInText = depth > 0;
    else if (char === '{') {
      if (depth === 0) start = at;
      depth += 1;
    } else if (char === '}' && depth > 0) {
      depth -= 1;
      if (depth === 0) found.push(text.slice(start, at + 1));
    }
  }
  return found;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
