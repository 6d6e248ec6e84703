// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { test } from 'vitest';
import { type Act, type Beginning, Story } from './story.ts';

/** Machines that can do SR-IOV at once, one of them with two GPUs, one that somebody set up by hand; seldom two that cannot. */
const PROFILES = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.constantFrom(
      'raptor-lake-s',
      'raptor-lake-s-by-hand',
      'alder-lake-n',
      'alder-lake-p',
      'arrow-lake',
      'panther-lake',
      'arc-pro',
      'arc-pro',
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('jasper-lake', 'no-igpu') },
);

const beginning: fc.Arbitrary<Beginning> = fc.record({
  profile: PROFILES,
  ownHook: fc.boolean(),
  otherPool: fc.boolean(),
});

const vm = fc.integer({ min: 0, max: 2 });
const gpu = fc.integer({ min: 0, max: 1 });
const edits = fc.constantFrom<readonly [string, string]>(
  ['cores', '3'],
  ['cores', '5'],
  ['tags', 'mine'],
  ['onboot', '1'],
  ['balloon', '0'],
);
const start = fc.boolean();
const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('assign' as const), vm, gpu, hook: fc.boolean(), start }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('assign' as const), vm, gpu, vf: fc.integer({ min: 1, max: 3 }), start }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('unassign' as const, 'stop' as const), vm }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('start' as const), vm }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom(...(['crash', 'reboot', 'migrate', 'return'] as const)), vm }) },
  { weight: 2, arbitrary: fc.tuple(vm, edits).map(([on, [key, value]]): Act => ({ do: 'edit', vm: on, key, value })) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('take-over' as const, 'take-away' as const), vm }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('vf-create' as const), gpu, count: fc.constantFrom(1, 2, 3) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('vf-remove' as const), gpu }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('reboot-node' as const, 'start-all' as const) }) },
);

test('whatever users, guests and nodes do: no slice is held twice, no VF vanishes under a guest, keys stay, and it ends where it began', async () => {
  await fc.assert(
    fc.asyncProperty(beginning, fc.array(act, { minLength: 4, maxLength: 16, size: 'max' }), async (begun, steps) => {
      const story = new Story(begun);
      for (const step of steps) {
        await story.act(step);
        story.check();
      }
      await story.end();
    }),
    { numRuns: 100 },
  );
}, 120_000);
