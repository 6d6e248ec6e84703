// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { AREAS } from '../../../src/core/doctor/finding.ts';
import { FINDINGS } from '../../../src/core/doctor/table.ts';
import { ALL_STATES } from './all-states.ts';
import { type DoctorState, type FindingStates, outcomesIn } from './doctor-state.ts';
import { styleFaults } from './style-faults.ts';

const STATES = new Map<string, FindingStates>(AREAS.flatMap((area) => Object.entries(ALL_STATES[area])));
const IDS = FINDINGS.map(({ id }) => id);

describe('the rules', () => {
  test('an id stands for one finding, and names its area first', () => {
    expect(new Set(IDS).size).toBe(IDS.length);
    const wrong = IDS.filter(
      (id) => !/^[a-z-]+\.[a-z0-9]+(-[a-z0-9]+)*$/.test(id) || !AREAS.some((area) => id.startsWith(`${area}.`)),
    );
    expect(wrong).toEqual([]);
  });

  test('titles are short lines, references are public addresses', () => {
    const wrong = FINDINGS.flatMap(({ id, title, reference }) => [
      ...(/^[^\s.].{5,98}[^.\s]$/.test(title) && !/[—\n]/.test(title) ? [] : [`${id}: title "${title}"`]),
      ...(isPublicAddress(reference) ? [] : [`${id}: reference ${reference}`]),
    ]);
    expect(wrong).toEqual([]);
  });

  test('there are at least sixty', () => expect(FINDINGS.length).toBeGreaterThanOrEqual(60));

  test('what a finding follows from exists, and nothing follows from itself', () => {
    expect(
      FINDINGS.flatMap(({ id, follows = [] }) =>
        follows.filter((cause) => !IDS.includes(cause)).map((cause) => `${id} <- ${cause}`),
      ),
    ).toEqual([]);
    expect(IDS.filter((id) => causesOf(id).has(id))).toEqual([]);
  });
});

describe('the states', () => {
  test('belong to findings that exist, in the file of their area', () => {
    const strayed = AREAS.flatMap((area) =>
      Object.keys(ALL_STATES[area]).filter((id) => !IDS.some((known) => known === id) || !id.startsWith(`${area}.`)),
    );
    expect(strayed).toEqual([]);
  });

  test('a finding without a state that triggers it, or without one that does not, is named', () => {
    const rule = { id: 'boot.example' };
    const one: DoctorState = { name: 'x', make: () => Promise.reject(new Error('not made')) };
    expect(withoutStates([rule], new Map())).toEqual(['boot.example']);
    expect(withoutStates([rule], new Map([[rule.id, { triggers: [one], clear: [] }]]))).toEqual(['boot.example']);
    expect(withoutStates([rule], new Map([[rule.id, { triggers: [one], clear: [one] }]]))).toEqual([]);
  });

  test('there is one of each for every finding', () => {
    expect(withoutStates(FINDINGS, STATES)).toEqual([]);
  });
});

describe.each(FINDINGS.filter(({ id }) => STATES.has(id)).map((rule) => [rule.id, rule] as const))('%s', (id, rule) => {
  const { triggers = [], clear = [] } = STATES.get(id) ?? {};

  test.each(triggers.map((state) => [state.name, state] as const))('is found: %s', async (_, state) => {
    const outcomes = await outcomesIn(state, rule);
    const troubles = outcomes.filter((outcome) => outcome.state === 'problem');
    expect(troubles, JSON.stringify(outcomes)).not.toEqual([]);
    expect(troubles.flatMap(styleFaults)).toEqual([]);
    const shallow = await outcomesIn(state, rule, { deep: false });
    expect(shallow.some((outcome) => outcome.state === 'problem')).toBe(rule.deep !== true);
  });

  test.each(clear.map((state) => [state.name, state] as const))('is not found: %s', async (_, state) => {
    expect((await outcomesIn(state, rule)).filter((outcome) => outcome.state !== 'ok')).toEqual([]);
  });
});

type States = { readonly [K in keyof FindingStates]: readonly DoctorState[] };

function withoutStates(rules: readonly { readonly id: string }[], states: ReadonlyMap<string, States>): readonly string[] {
  return rules.flatMap(({ id }) => {
    const { triggers, clear } = states.get(id) ?? { triggers: [], clear: [] };
    return triggers.length > 0 && clear.length > 0 ? [] : [id];
  });
}

function isPublicAddress(text: string): boolean {
  return URL.canParse(text) && /^https:\/\/[^/]+\/./.test(text);
}

function causesOf(id: string): ReadonlySet<string> {
  const found = new Set<string>();
  const visit = (of: string): void => {
    for (const cause of FINDINGS.find((rule) => rule.id === of)?.follows ?? [])
      if (!found.has(cause)) {
        found.add(cause);
        visit(cause);
      }
  };
  visit(id);
  return found;
}
