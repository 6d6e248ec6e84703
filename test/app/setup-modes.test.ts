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
import { i915SriovDeb } from '../../src/simulator/packages/i915-sriov-deb.ts';
import { PROFILES } from '../../src/simulator/profiles/table.ts';
import { bdf } from '../support/facts.ts';
import { Simulated, simulated } from './simulated.ts';

/** A guest of most profiles that has no slice and does not run. */
const GUEST = 102;
const DRIVER = '/root/i915-sriov-dkms_2026.05.06_amd64.deb';

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

/** In the mode sriov a guest gets a VF, starts, stops, and is as before; the other slices are given by other commands. */
async function useIt(machine: Simulated, gpu: Bdf, mode: Mode): Promise<void> {
  if (mode !== 'sriov' || machine.config(GUEST) === '' || machine.config(GUEST).includes('hostpci')) return;
  must(await machine.assign({ vmid: GUEST, mode: 'auto', gpu }));
  await machine.must('qm', 'start', String(GUEST));
  expect(machine.held()).toHaveLength(1);
  const running = must(await planHostSetup(machine.context, { mode: 'host', gpu }));
  expect(running.remarks.filter(({ level, code }) => level === 'blocker' && code === 'vf.in-use')).not.toEqual([]);
  await machine.must('qm', 'stop', String(GUEST));
  must(await machine.unassign(GUEST));
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

describe('with the driver that somebody brought', () => {
  test.each(['meteor-lake', 'raptor-lake-s-untouched'])(
    '%s',
    async (name) => {
      const machine = simulated(name);
      machine.node.machine.tree.setFile(DRIVER, i915SriovDeb('2026.05.06'));
      const [sha256 = ''] = (await machine.must('sha256sum', DRIVER)).split(' ');
      const before = files(machine);
      const request = { mode: 'sriov', driver: 'i915-dkms', source: { from: DRIVER, sha256 } } as const;
      must(await applyPlan(machine.context, must(await planHostSetup(machine.context, request))));
      expect(await machine.node.reboot()).toMatchObject({ booted: true });
      const gpu = bdf('0000:00:02.0');
      expect(must(await assertHostSetup(machine.context)).assertions.filter(({ answer }) => answer !== 'yes')).toEqual([]);
      expect(must(await planHostSetup(machine.context, { mode: 'sriov' })).steps).toEqual([]);
      await useIt(machine, gpu, 'sriov');
      await apply(machine, gpu, 'gvt-d');
      await apply(machine, gpu, 'host');
      const after = files(machine);
      const differing = Object.keys({ ...before, ...after }).filter((path) => before[path] !== after[path]);
      // dpkg remembers configuration files, and the key of dkms is dkms's own.
      expect(differing.filter((path) => !path.startsWith('/var/lib/d'))).toEqual([]);
    },
    60_000,
  );
});

describe('from any mode to any other, and back to how it was', () => {
  test('most machines have a choice', async () => {
    const choices = await Promise.all(PROFILES.map(async (profile) => await possible(new Simulated(profile))));
    const pairs = choices.flat().map(({ modes }) => modes.length ** 2);
    expect(pairs.reduce((sum, count) => sum + count, 0)).toBeGreaterThan(100);
  }, 60_000);

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
