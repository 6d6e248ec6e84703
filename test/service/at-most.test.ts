// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { atMost } from '../../src/service/at-most.ts';

test('never more at a time, in the order in which they came, and one that fails leaves its place', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.tuple(fc.nat(4), fc.boolean()), { maxLength: 20 }),
      async (count, works) => {
        const look = atMost(count);
        const begun: number[] = [];
        let [running, most] = [0, 0];
        const done = await Promise.allSettled(
          works.map(([turns, fails], at) =>
            look(async () => {
              begun.push(at);
              running += 1;
              most = Math.max(most, running);
              for (let turn = 0; turn < turns; turn += 1) await Promise.resolve();
              running -= 1;
              if (fails) throw new Error('no');
              return at;
            }),
          ),
        );
        expect(most).toBeLessThanOrEqual(count);
        expect(begun).toEqual(works.map((_work, at) => at));
        expect(done.map(({ status }) => status)).toEqual(works.map(([, fails]) => (fails ? 'rejected' : 'fulfilled')));
      },
    ),
  );
});
