// SPDX-License-Identifier: AGPL-3.0-or-later

/** One sample of `intel_gpu_top -J`. */
export interface GpuTopSample {
  /** Length of the sample in milliseconds. */
  readonly durationMs: number;
  /** Busy share of each engine in percent, by its name (`Video/0`, or `Video` for a whole class). */
  readonly engines: { readonly [name: string]: number };
  /** Share of the time asleep, in percent. */
  readonly rc6?: number;
}

/**
 * Reads the stream of `intel_gpu_top -J`. It is JSON only in parts: old versions print objects one after the other, newer
 * ones begin an array that an interrupted run never closes (igt-gpu-tools tools/intel_gpu_top.c). What is cut off is left out.
 */
export function parseGpuTop(text: string): readonly GpuTopSample[] {
  return wholeObjects(text).flatMap((part) => {
    const value = parsed(part);
    const duration = field(field(value, 'period'), 'duration');
    const engines = field(value, 'engines');
    if (typeof duration !== 'number' || typeof engines !== 'object' || engines === null) return [];
    const busy = Object.entries(engines).flatMap(([name, engine]): [string, number][] => {
      const share = field(engine, 'busy');
      return typeof share === 'number' ? [[name, share]] : [];
    });
    const rc6 = field(field(value, 'rc6'), 'value');
    return [{ durationMs: duration, engines: Object.fromEntries(busy), ...(typeof rc6 === 'number' ? { rc6 } : {}) }];
  });
}

/** The busiest share of each engine over all samples but the first, which measures nothing (its period is microseconds). */
export function busiestEngines(samples: readonly GpuTopSample[]): { readonly [name: string]: number } {
  const most: { [name: string]: number } = {};
  for (const { durationMs, engines } of samples) {
    if (durationMs < 1) continue;
    for (const [name, share] of Object.entries(engines)) most[name] = Math.max(most[name] ?? 0, share);
  }
  return most;
}

/** The texts of the outermost objects that are closed. */
function wholeObjects(text: string): readonly string[] {
  const parts: string[] = [];
  let [depth, start, inString] = [0, 0, false];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = depth > 0;
    else if (character === '{') {
      if (depth === 0) start = at;
      depth += 1;
    } else if (character === '}' && depth > 0) {
      depth -= 1;
      if (depth === 0) parts.push(text.slice(start, at + 1));
    }
  }
  return parts;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as { [key: string]: unknown })[name]
    : undefined;
}
