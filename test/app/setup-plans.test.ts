// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, test } from 'vitest';
import { planHostSetup } from '../../src/app/plan-setup.ts';
import { shownPlan } from '../../src/app/shown-plan.ts';
import { planText } from '../../src/cli/plan-text.ts';
import { MODES } from '../../src/core/gpu/verdict.ts';
import { PROFILES } from '../../src/simulator/profiles/table.ts';
import { expectGolden } from '../support/golden.ts';
import { Simulated } from './simulated.ts';

const IO = { out: () => {}, err: () => {}, colour: false, columns: 100, interactive: false, confirm: async () => false };

/** What `pveigpu plan MODE` prints on a machine, without the exit code. */
async function planned(machine: Simulated, mode: (typeof MODES)[number] | 'auto'): Promise<string> {
  const plan = await planHostSetup(machine.context, { mode });
  if (!plan.ok) return [plan.problem.message, ...(plan.problem.hint === undefined ? [] : [plan.problem.hint])].join('\n');
  return planText(IO, await shownPlan(machine.node, plan.value)).trimEnd();
}

describe('what is planned for each machine and mode, as it is printed', () => {
  test.each(PROFILES)('$name', async (profile) => {
    const machine = new Simulated(profile);
    const parts: string[] = [];
    for (const mode of ['auto', ...MODES] as const) parts.push(`$ pveigpu plan ${mode}\n${await planned(machine, mode)}\n`);
    expectGolden(`setup/${profile.name}.txt`, `${profile.title}\n\n${parts.join('\n')}`);
  });
});
