// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { assertHostSetup } from '../../src/app/assert.ts';
import { planConfirmation } from '../../src/app/confirm.ts';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { awaitsReboot } from '../../src/app/engine/pending-file.ts';
import { planHostSetup } from '../../src/app/plan-setup.ts';
import { readVerdict } from '../../src/app/verdict.ts';
import { MODES, type Mode } from '../../src/core/gpu/verdict.ts';
import type { Bdf } from '../../src/core/pci/address.ts';
import type { Plan } from '../../src/core/plan/action.ts';
import type { Result } from '../../src/core/problem.ts';
import { PROFILES } from '../../src/simulator/profiles/table.ts';
import { Simulated } from './simulated.ts';

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result.value;
}

/** What a plan stands before, when it must not run. */
function blockers(plan: Plan): readonly string[] {
  return plan.remarks.filter(({ level, overridable }) => level === 'blocker' && overridable !== true).map(({ id }) => id);
}

/** Every file that survives a reboot; an empty folder that stays is no difference. */
function files(machine: Simulated): { readonly [path: string]: string } {
  return Object.fromEntries(Object.entries(machine.lasting()).filter(([path]) => !path.endsWith('/')));
}

/** Applies a mode, reboots when that is asked for, confirms, and looks at every step whether all is as it should be. */
async function apply(machine: Simulated, gpu: Bdf, mode: Mode): Promise<void> {
  const plan = async () => must(await planHostSetup(machine.context, { mode, gpu }));
  must(await applyPlan(machine.context, await plan(), { force: true }));
  expect((await plan()).steps, `${mode} planned again`).toEqual([]);
  if (await awaitsReboot(machine.node)) {
    expect(await machine.node.reboot(), `${mode} boots`).toMatchObject({ booted: true });
    must(await applyPlan(machine.context, must(await planConfirmation(machine.context))));
  }
  expect((await plan()).steps, `${mode} planned after the boot`).toEqual([]);
  const view = must(await assertHostSetup(machine.context, {}));
  expect(view.assertions.filter(({ answer }) => answer !== 'yes')).toEqual([]);
}

/** GPUs of a machine with the modes that can be set up on it as it is; a driver that nobody has brought is not there. */
async function possible(machine: Simulated): Promise<readonly { readonly gpu: Bdf; readonly modes: readonly Mode[] }[]> {
  const { gpus } = await readVerdict(machine.context);
  const found: { gpu: Bdf; modes: Mode[] }[] = [];
  for (const { bdf, vendor } of gpus) {
    if (vendor !== '8086') continue;
    const modes: Mode[] = [];
    for (const mode of MODES) {
      const plan = await planHostSetup(machine.context, { mode, gpu: bdf });
      if (plan.ok && blockers(plan.value).length === 0) modes.push(mode);
    }
    found.push({ gpu: bdf, modes });
  }
  return found;
}

describe('from any mode to any other, and back to how it was', () => {
  test.each(PROFILES)(
    '$name',
    async (profile) => {
      for (const { gpu, modes } of await possible(new Simulated(profile))) {
        for (const from of modes)
          for (const to of modes) {
            const machine = new Simulated(profile);
            const before = files(machine);
            await apply(machine, gpu, from);
            await apply(machine, gpu, to);
            await apply(machine, gpu, 'host');
            expect(files(machine), `${gpu} ${from} ${to} host`).toEqual(before);
          }
      }
    },
    60_000,
  );
});
