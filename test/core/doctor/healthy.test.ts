// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { readDoctorCase } from '../../../src/app/doctor-case.ts';
import { doctorView } from '../../../src/core/doctor/doctor-view.ts';
import { FINDINGS } from '../../../src/core/doctor/table.ts';
import { MODES } from '../../../src/core/gpu/verdict.ts';
import { PROFILES } from '../../../src/simulator/profiles/table.ts';
import { Simulated, simulated } from '../../app/simulated.ts';
import { choicesOf, giveAndStart, setUp } from './set-up.ts';

/** Advice that a machine in good order may get at most. */
const MOST_ADVICE = 4;

async function expectHealthy(node: Simulated, when: string): Promise<void> {
  const view = doctorView(await readDoctorCase(node.context, { deep: false }), FINDINGS, { deep: false });
  const told = view.problems.map(({ id, subject = '', because }) => `${when}: ${id} ${subject}: ${because}`);
  const open = view.unmeasured.map(({ id, because }) => `${when}: ${id} is open: ${because}`);
  expect([...told, ...open]).toEqual([]);
  expect(view.answer).toBe('healthy');
  expect(view.advice.length, `${when}: ${view.advice.map(({ id }) => id).join(' ')}`).toBeLessThanOrEqual(MOST_ADVICE);
}

/** Somebody followed a guide there, and that is what doctor says. */
const NOT_IN_ORDER = 'raptor-lake-s-by-hand';
const IN_ORDER = PROFILES.filter(({ name }) => name !== NOT_IN_ORDER);

describe('a machine in good order', () => {
  const used: string[] = [];

  test.each(IN_ORDER)('$name, as it is', async (profile) => expectHealthy(new Simulated(profile), 'as it is'));

  test('what somebody made by hand is not', async () => {
    const node = simulated(NOT_IN_ORDER);
    const { problems } = doctorView(await readDoctorCase(node.context, { deep: false }), FINDINGS, { deep: false });
    expect(problems.map(({ id }) => id)).toEqual(['vf.host-driver']);
  });

  test.each(IN_ORDER)(
    '$name, in every mode, with guests and without',
    async (profile) => {
      for (const choice of await choicesOf(profile)) {
        const node = await setUp(choice);
        await expectHealthy(node, `${choice.mode} of ${choice.gpu}`);
        if ((await giveAndStart(node, choice)) === undefined) continue;
        used.push(`${choice.mode} of ${profile.name}`);
        await expectHealthy(node, `a guest in ${choice.mode} of ${choice.gpu}`);
      }
    },
    60_000,
  );

  test('guests have started in every mode, on most machines', () => {
    for (const mode of MODES) expect(used.filter((one) => one.startsWith(`${mode} of`)).length, mode).toBeGreaterThanOrEqual(3);
    expect(used.length, used.join(', ')).toBeGreaterThanOrEqual(45);
  });
});
