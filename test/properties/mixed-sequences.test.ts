// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { test } from 'vitest';
import { mixedActs } from './mixed-acts.ts';
import { MixedStory } from './mixed-story.ts';

const RUNS = Number(process.env.STORIES ?? 60);

/** Machines by the mode that each is mostly used in; the card beside an integrated GPU has two to choose from. */
const MACHINES = {
  sriov: ['raptor-lake-s', 'raptor-lake-s-untouched', 'raptor-lake-s-by-hand', 'alder-lake-n', 'panther-lake', 'arc-pro'],
  'gvt-g': ['comet-lake', 'coffee-lake', 'apollo-lake', 'broadwell'],
  'gvt-d': [
    'raptor-lake-s',
    'raptor-lake-s-untouched',
    'alder-lake-p',
    'coffee-lake',
    'jasper-lake',
    'apollo-lake',
    'meteor-lake',
    'arc-pro',
  ],
} as const;

const story = fc.constantFrom('sriov', 'gvt-g', 'gvt-d').chain((mode) =>
  fc.record({
    profile: fc.constantFrom(...MACHINES[mode]),
    containers: fc.uniqueArray(fc.nat({ max: 9 }), { minLength: 2, maxLength: 2 }),
    mode: fc.constantFrom(null, mode),
    acts: mixedActs(mode),
  }),
);

test('whatever people, all kinds of guests and pveigpu do by turns: nobody loses a slice unasked, and it ends where it began', async () => {
  await fc.assert(
    fc.asyncProperty(story, async ({ acts, ...begun }) => {
      const told = new MixedStory(begun);
      if (begun.mode !== null) {
        await told.act({ do: 'pveigpu', line: `apply ${begun.mode} {gpu}`, second: false });
        await told.act({ do: 'reboot-node' });
      }
      for (const act of acts) await told.act(act);
      await told.end();
    }),
    { numRuns: RUNS, ...(process.env.SEED === undefined ? { seed: 4 } : { seed: Number(process.env.SEED) }) },
  );
}, 3_600_000);
