// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { LEFT_OUT } from './left-out.ts';
import { type Answer, Replay, type State } from './replay.ts';
import { type HookCall, type Step, TRANSCRIPTS, type Transcript } from './transcript.ts';

/** Why a step is not replayed, or undefined. */
function reasonFor({ name }: Transcript, at: number): string | undefined {
  return LEFT_OUT[name] ?? LEFT_OUT[`${name}#${at}`];
}

const steps = TRANSCRIPTS.flatMap((transcript) => transcript.steps.map((_step, at) => ({ transcript, at })));
const replayed = steps.filter(({ transcript, at }) => reasonFor(transcript, at) === undefined);
const scenarios = TRANSCRIPTS.filter(({ name }) => LEFT_OUT[name] === undefined);

describe(`calls recorded on Proxmox VE 9.2.11: ${replayed.length} of ${steps.length} steps, ${scenarios.length} of ${TRANSCRIPTS.length} scenarios`, () => {
  test('every reason belongs to a scenario or a step that there is', () => {
    const known = new Set(TRANSCRIPTS.flatMap(({ name, steps: all }) => [name, ...all.map((_step, at) => `${name}#${at}`)]));
    expect(Object.keys(LEFT_OUT).filter((key) => !known.has(key))).toEqual([]);
    expect(TRANSCRIPTS.every(({ recordedOn }) => recordedOn === 'Proxmox VE 9.2.11')).toBe(true);
    expect(replayed.length).toBeGreaterThan(550);
  });

  test.each(scenarios)('$name: $about', async (transcript) => {
    const replay = await Replay.start(transcript);
    let expected: State = replay.state;
    expect(expected.vms).toEqual(transcript.vms);
    for (const [at, step] of transcript.steps.entries()) {
      const what = `step ${at}: ${JSON.stringify(step.run ?? step.call ?? step.change ?? step.wait)}`;
      if (reasonFor(transcript, at) !== undefined) {
        await replay.skip(step);
        if (step.instead !== undefined) expected = applied(expected, step);
        continue;
      }
      expected = applied(expected, step);
      const before = replay.hooks;
      const answer = await replay.run(step);
      expect(comparable(answer, step), what).toEqual(recorded(step));
      expect(replay.state, what).toEqual(expected);
      const wanted = step.after?.hook;
      // A recorded log that a later step shows belongs to what ran before it.
      const hooks = replay.hooks.length === 0 ? before : replay.hooks;
      if (wanted !== undefined && wanted.length > 0) expect(hooks.map(hookView), what).toEqual(wanted.map(hookView));
      else if (wanted !== undefined && step.run?.[0] === 'qm') expect(replay.hooks, what).toEqual([]);
    }
  });
});

function applied(state: State, { after }: Step): State {
  if (after === undefined) return state;
  const vms = { ...state.vms };
  for (const [vmid, text] of Object.entries(after.vms ?? {}))
    if (text === null) delete vms[vmid];
    else vms[vmid] = text;
  const drivers = { ...state.drivers };
  for (const [bdf, driver] of Object.entries(after.drivers ?? {}))
    if (driver === 'gone') delete drivers[bdf];
    else drivers[bdf] = driver;
  return {
    vms,
    mapping: after.mapping === undefined ? state.mapping : after.mapping,
    container: after.container ?? state.container,
    drivers,
    reservations: after.reservations === undefined ? state.reservations : after.reservations,
    mdevs: after.mdevs ?? state.mdevs,
  };
}

function recorded(step: Step): Answer {
  if (step.call !== undefined) {
    const { status, reason, task } = step;
    return {
      ...(status === undefined ? {} : { status }),
      ...(reason === undefined ? {} : { reason }),
      body: sorted(step.body),
      ...(task === undefined ? {} : { task }),
    };
  }
  if (step.run === undefined) return {};
  return { exit: step.exit ?? 0, out: outView(step.out ?? '', step), err: step.err ?? '' };
}

function comparable(answer: Answer, step: Step): Answer {
  if (step.call !== undefined) return { ...answer, body: sorted(answer.body) };
  if (step.run === undefined) return {};
  const err = answer.err ?? '';
  return { ...answer, out: outView(answer.out ?? '', step), err: step.errStarts ? err.slice(0, step.err?.length) : err };
}

/** JSON without the order in which Perl's hashes give their keys; other text as it is. */
function outView(text: string, step: Step): string {
  if (step.run?.[0] !== 'pvesh' || !step.run.some((word) => word.startsWith('json')) || text === '') return text;
  return JSON.stringify(sorted(JSON.parse(text)));
}

/** Keys in order, and the lists that PVE makes from a hash (a guest's keys, all mappings); every other list keeps its order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    const elements = value.map(sorted);
    const isHash = elements.some((one) => typeof one === 'object' && one !== null && ('key' in one || 'map' in one));
    return isHash ? elements.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) : elements;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, one]) => [key, sorted(one)]));
}

function hookView(call: HookCall): HookCall {
  const { PWD: _pwd, ...env } = call.env;
  return { ...call, env, reservations: call.reservations ?? '' };
}
