// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, test } from 'vitest';
import { planAssign } from '../../src/app/assign.ts';
import { planText, shownPlan } from '../../src/cli/plan-text.ts';
import type { AssignRequest } from '../../src/core/assign/assign-request.ts';
import { PROFILES } from '../../src/simulator/profiles/table.ts';
import { DISTRIBUTIONS } from '../core/container/group-files.ts';
import { expectGolden } from '../support/golden.ts';
import { HOOK_STUB, Simulated } from './simulated.ts';

const IO = { out: () => {}, err: () => {}, colour: false, columns: 100, interactive: false, confirm: async () => false };

function config(ostype: string, unprivileged: boolean): string {
  return `arch: amd64\nhostname: media\nmemory: 512\nostype: ${ostype}\nrootfs: local-lvm:vm-300-disk-0,size=8G\n${unprivileged ? 'unprivileged: 1\n' : ''}`;
}

/** What `pveigpu assign ID` prints on a machine, without the exit code. */
async function planned({ context, node }: Simulated, request: AssignRequest): Promise<string> {
  const plan = await planAssign(context, request, { hookStub: HOOK_STUB });
  if (!plan.ok) return [plan.problem.message, ...(plan.problem.hint === undefined ? [] : [plan.problem.hint])].join('\n');
  return planText(IO, await shownPlan(node, plan.value)).trimEnd();
}

describe('what is planned for containers of each machine, as it is printed', () => {
  test.each(PROFILES)('$name', async (profile) => {
    const kinds = DISTRIBUTIONS.flatMap((one) => [true, false].map((unprivileged) => ({ ...one, unprivileged })));
    const ids = kinds.map((kind, at) => ({ ...kind, vmid: 300 + at }));
    const machine = new Simulated({
      ...profile,
      containers: Object.fromEntries(ids.map(({ vmid, ostype, unprivileged }) => [vmid, config(ostype, unprivileged)])),
      containerGroups: Object.fromEntries(ids.map(({ vmid, groups }) => [vmid, groups])),
    });
    const parts: string[] = [];
    for (const { vmid, name, unprivileged } of ids) {
      const what = `${name}, ${unprivileged ? 'unprivileged' : 'privileged'}`;
      if (unprivileged && vmid === 300) parts.push(`# ${what}, stopped\n${await planned(machine, { vmid })}\n`);
      await machine.must('pct', 'start', String(vmid));
      parts.push(`# ${what}, running\n${await planned(machine, { vmid, share: { card: !unprivileged } })}\n`);
    }
    expectGolden(`share/${profile.name}.txt`, `${profile.title}\n\n${parts.join('\n')}`);
  });
});
