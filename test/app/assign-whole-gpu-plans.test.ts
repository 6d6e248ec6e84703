// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, test } from 'vitest';
import { planAssign } from '../../src/app/assign.ts';
import { shownPlan } from '../../src/app/shown-plan.ts';
import { planText } from '../../src/cli/plan-text.ts';
import type { AssignRequest } from '../../src/core/assign/assign-request.ts';
import { PROFILES } from '../../src/simulator/profiles/table.ts';
import { expectGolden } from '../support/golden.ts';
import { HOOK_STUB, Simulated } from './simulated.ts';

const IO = { out: () => {}, err: () => {}, colour: false, columns: 100, interactive: false, confirm: async () => false };

/** 100 is q35 with OVMF, 102 Windows 11, 103 i440fx with SeaBIOS. */
const CASES: readonly (readonly [string, AssignRequest])[] = [
  ['assign 100 --mode gvt-d', { vmid: 100, mode: 'gvt-d' }],
  ['assign 102 --mode gvt-d --handover', { vmid: 102, mode: 'gvt-d', whole: { handover: true } }],
  ['assign 103 --mode gvt-d --vga none', { vmid: 103, mode: 'gvt-d', whole: { noVga: true } }],
  [
    'assign 103 --mode gvt-d --rom gop.rom --bios ovmf --vga none --phys-bits',
    { vmid: 103, mode: 'gvt-d', romfile: 'gop.rom', whole: { noVga: true, bios: 'ovmf', physBits: true } },
  ],
  [
    'assign 100 --mode gvt-d --machine pc --vga none --audio',
    { vmid: 100, mode: 'gvt-d', whole: { machine: 'pc', noVga: true, audio: true } },
  ],
];

async function planned(machine: Simulated, request: AssignRequest): Promise<string> {
  const plan = await planAssign(machine.context, request, { hookStub: HOOK_STUB });
  if (!plan.ok) return [plan.problem.message, ...(plan.problem.hint === undefined ? [] : [plan.problem.hint])].join('\n');
  return planText(IO, await shownPlan(machine.node, plan.value)).trimEnd();
}

describe('what is planned to give the whole GPU away, for each machine, as it is printed', () => {
  test.each(PROFILES)('$name', async (profile) => {
    const machine = new Simulated(profile);
    machine.node.machine.tree.setFile('/usr/share/kvm/gop.rom', 'x');
    const parts: string[] = [];
    for (const [line, request] of CASES) parts.push(`$ pveigpu ${line}\n${await planned(machine, request)}\n`);
    expectGolden(`whole-gpu/${profile.name}.txt`, `${profile.title}\n\n${parts.join('\n')}`);
  });
});
