// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { PROFILES } from '../../../src/simulator/profiles/table.ts';
import { type Fault, FILE_FAULTS, MACHINE_FAULTS, type Target } from './faults.ts';
import { breakDown, diagnosed, inject, targetOf } from './inject.ts';
import { choicesOf } from './set-up.ts';

/** Random faults on random machines, besides every fault once. */
const RUNS = 500;
const MINUTES = 60_000;

/** Every machine in every mode, with a guest; each is made once and mended after each fault. */
let targets: readonly Target[] = [];

beforeAll(async () => {
  const inOrder = PROFILES.filter(({ name }) => name !== 'raptor-lake-s-by-hand');
  const made: Target[] = [];
  for (const profile of inOrder) for (const choice of await choicesOf(profile)) made.push(await targetOf(choice));
  targets = made;
}, 5 * MINUTES);

function befallen({ modes, fits }: Fault): readonly Target[] {
  return targets.filter((target) => modes.includes(target.choice.mode) && (fits?.(target) ?? true));
}

function nameOf({ choice: { profile, gpu, mode } }: Target): string {
  return `${profile.name}, ${mode} of ${gpu}`;
}

describe('whatever breaks is what doctor names first, and all else follows from it', () => {
  test('there are many machines and many faults, and each fault has machines', () => {
    expect(targets.length).toBeGreaterThan(50);
    expect(FILE_FAULTS.length + MACHINE_FAULTS.length).toBeGreaterThanOrEqual(40);
    const all = [...FILE_FAULTS, ...MACHINE_FAULTS];
    expect(all.filter((fault) => befallen(fault).length === 0).map(({ name }) => name)).toEqual([]);
    expect(new Set(all.map(({ root }) => root)).size).toBeGreaterThanOrEqual(35);
  });

  test(
    'before, nothing is wrong',
    async () => {
      for (const target of targets) expect(await diagnosed(target.node.context), nameOf(target)).toEqual([]);
    },
    5 * MINUTES,
  );

  test.each(FILE_FAULTS)(
    '$name',
    async (fault) => {
      const [target] = befallen(fault);
      if (target === undefined) throw new Error('no machine');
      expect(await inject(target, fault), nameOf(target)).toEqual([fault.root]);
      expect(await diagnosed(target.node.context), 'mended again').toEqual([]);
    },
    MINUTES,
  );

  test.each(MACHINE_FAULTS)(
    '$name, for good',
    async (fault) => {
      const possible = befallen(fault);
      for (const target of new Set([possible[0], possible.at(-1)]))
        if (target !== undefined) expect(await breakDown(target, fault), nameOf(target)).toEqual([fault.root]);
    },
    2 * MINUTES,
  );

  test(
    `${RUNS} times at random`,
    async () => {
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...FILE_FAULTS), fc.nat(), async (fault, which) => {
          const possible = befallen(fault);
          const target = possible[which % possible.length];
          if (target === undefined) throw new Error(`no machine for: ${fault.name}`);
          expect(await inject(target, fault), `${fault.name} on ${nameOf(target)}`).toEqual([fault.root]);
          runs += 1;
        }),
        { numRuns: RUNS, endOnFailure: true },
      );
      expect(runs).toBe(RUNS);
    },
    10 * MINUTES,
  );
});
