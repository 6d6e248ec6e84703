// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, test } from 'vitest';
import { planAssign } from '../../src/app/assign.ts';
import { shownPlan } from '../../src/app/shown-plan.ts';
import { planText } from '../../src/cli/plan-text.ts';
import type { AssignRequest } from '../../src/core/assign/assign-request.ts';
import { PROFILES } from '../../src/simulator/profiles/table.ts';
import { CONTAINER_KINDS, withContainers } from '../support/container-kinds.ts';
import { expectGolden } from '../support/golden.ts';
import { HOOK_STUB, Simulated } from './simulated.ts';

const IO = { out: () => {}, err: () => {}, colour: false, columns: 100, interactive: false, confirm: async () => false };

/** What `pveigpu assign ID` prints on a machine, without the exit code. */
async function planned({ context, node }: Simulated, request: AssignRequest): Promise<string> {
  const plan = await planAssign(context, request, { hookStub: HOOK_STUB });
  if (!plan.ok) return [plan.problem.message, ...(plan.problem.hint === undefined ? [] : [plan.problem.hint])].join('\n');
  return planText(IO, await shownPlan(node, plan.value)).trimEnd();
}

describe('what is planned for containers of each machine, as it is printed', () => {
  test.each(PROFILES)('$name', async (profile) => {
    const machine = new Simulated(withContainers(profile, CONTAINER_KINDS));
    const parts: string[] = [];
    for (const { ctid: vmid, title, unprivileged } of CONTAINER_KINDS) {
      if (unprivileged && vmid === 300) parts.push(`# ${title}, stopped\n${await planned(machine, { vmid })}\n`);
      await machine.must('pct', 'start', String(vmid));
      parts.push(`# ${title}, running\n${await planned(machine, { vmid, share: { card: !unprivileged } })}\n`);
    }
    expectGolden(`share/${profile.name}.txt`, `${profile.title}\n\n${parts.join('\n')}`);
  });
});
