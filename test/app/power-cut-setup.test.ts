// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { cutOnce, placesOf, randomFrom, sample } from './power-cut-setup.ts';
import { CASES } from './power-cut-setup-cases.ts';

/** `CUTS=full` cuts at every place, `CUTS=N` at N places of each command; `SEED` chooses which. */
const PLACES = process.env.CUTS === 'full' ? Number.POSITIVE_INFINITY : Number(process.env.CUTS ?? 2);
const SEED = Number(process.env.SEED ?? 20_260_105);

describe('the power goes, or the process is killed, anywhere in a set-up', () => {
  test.each(CASES)(
    '$name',
    async (one) => {
      const total = await placesOf(one);
      expect(total).toBeGreaterThan(5);
      const random = randomFrom(SEED + CASES.indexOf(one));
      const turn = Math.floor(random() * 4);
      const troubles: string[] = [];
      // The last one is not cut at all.
      for (const [index, at] of [...sample(total, PLACES, random), total].entries()) {
        const kind = index + turn;
        await cutOnce(one, { at, reboots: kind % 2 === 0, next: kind % 4 < 2 ? 'again' : 'rollback' }).catch((error: unknown) =>
          troubles.push(error instanceof Error ? error.message : String(error)),
        );
      }
      if (troubles.length > 0) throw new Error(`${troubles.length} of ${total} places:\n${troubles.join('\n')}`);
    },
    3_600_000,
  );
});
