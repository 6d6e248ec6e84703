// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { planAssign } from '../../src/app/assign.ts';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { listMdevs, listMdevTypes, planCleanMdevs } from '../../src/app/mdev.ts';
import { planHostSetup } from '../../src/app/plan-setup.ts';
import { shownPlan } from '../../src/app/shown-plan.ts';
import { planText } from '../../src/cli/plan-text.ts';
import { table } from '../../src/cli/table.ts';
import { mdevTypesRows } from '../../src/core/mdev/mdev-types-view.ts';
import type { DisplayWish } from '../../src/core/mdev/mdev-wish.ts';
import { expectGolden } from '../support/golden.ts';
import { HOOK_STUB, type Simulated, simulated } from './simulated.ts';

const GPU = '/sys/bus/pci/devices/0000:00:02.0';
const IO = { out: () => {}, err: () => {}, colour: false, columns: 100, interactive: false, confirm: async () => false };
const PLAIN = 'cores: 1\nmemory: 64\nname: plain\nostype: l26\n';
/** Hostile to everything that splits words: quotes, blanks, a comma, words that look like ours. */
const ODD =
  'args: -smbios \'type=1,serial=x  y\' -set device.hostpci1.ramfb=on -name "a\\"b"\ncores: 1\nhostpci1: 0000:01:00.0\nmemory: 64\nname: odd\nostype: win11\n';

/** A machine with GVT-g set up by us and booted. */
async function withGvtg(profile: string): Promise<Simulated> {
  const machine = simulated(profile);
  await machine.carryOut(() => planHostSetup(machine.context, { mode: 'gvt-g' }), true);
  expect(await machine.node.reboot()).toMatchObject({ booted: true });
  return machine;
}

/** An assignment that must succeed. */
async function give(machine: Simulated, vmid: number, type?: string, display?: DisplayWish): Promise<void> {
  const mdev = { ...(type === undefined ? {} : { type }), ...(display === undefined ? {} : { display }) };
  const done = await machine.assign({ vmid, mode: 'gvt-g', mdev });
  if (!done.ok) throw new Error(done.problem.message);
}

/** A mediated device that nobody tells PVE of. */
function left(machine: Simulated, uuid: string, type = 'i915-GVTg_V5_8'): void {
  expect(machine.node.machine.kernel.write(`${GPU}/mdev_supported_types/${type}/create`, uuid)).toBe('ok');
}

async function states(machine: Simulated): Promise<readonly (readonly [string, string])[]> {
  return (await listMdevs(machine.context)).mdevs.map(({ uuid, state }) => [uuid, state] as const);
}

describe('from an untouched machine to a guest with a mediated device and back', () => {
  test.each(['broadwell', 'comet-lake', 'apollo-lake', 'coffee-lake'])('%s', async (profile) => {
    const machine = await withGvtg(profile);
    machine.writeConfig(110, PLAIN);
    machine.writeConfig(111, ODD);
    await machine.must('qm', 'set', '111', '--name', 'odd');
    const before = machine.lasting();
    await give(machine, 110, undefined, { kind: 'ramfb' });
    await machine.must('qm', 'start', '110');
    expect(await states(machine)).toEqual([['00000000-0000-0000-0000-000000000110', 'used']]);
    const full = await machine.assign({ vmid: 111, mode: 'gvt-g' });
    expect(full.ok ? '' : full.problem.message).toContain('of the other 128 MB mediated devices have 128 MB, by VM 110');
    await machine.must('qm', 'stop', '110');
    expect(await states(machine)).toEqual([]);
    await give(machine, 111, undefined, { kind: 'ramfb', size: { width: 800, height: 600 } });
    expect(machine.config(111)).toContain(
      'args: -smbios \'type=1,serial=x  y\' -set device.hostpci1.ramfb=on -name "a\\"b" -set',
    );
    for (const vmid of [110, 111]) expect((await machine.unassign(vmid)).ok).toBe(true);
    expect(machine.lasting()).toEqual(before);
  });

  test('two small ones run together, a third guest is told', async () => {
    const machine = simulated('coffee-lake');
    for (const vmid of [110, 111, 112]) machine.writeConfig(vmid, PLAIN);
    for (const vmid of [110, 111]) {
      await give(machine, vmid, 'V5_8');
      await machine.must('qm', 'start', String(vmid));
    }
    const { gpus } = await listMdevTypes(machine.context);
    expect(gpus[0]?.types.map(({ free, usual }) => [free, usual])).toEqual([
      [0, false],
      [0, false],
    ]);
    expect(await machine.assign({ vmid: 112, mode: 'gvt-g' })).toMatchObject({
      ok: false,
      problem: { code: 'guest.slice-taken' },
    });
    await machine.must('qm', 'stop', '110');
    await give(machine, 112);
    expect(machine.config(112)).toContain('hostpci0: mapping=igpu-mdev,mdev=i915-GVTg_V5_8');
    await machine.must('qm', 'start', '112');
  });

  test('a clone without a ledger gets its args back, and a line that somebody changed keeps the rest', async () => {
    const machine = simulated('coffee-lake');
    machine.writeConfig(110, PLAIN);
    await give(machine, 110, 'V5_8', { kind: 'ramfb' });
    machine.writeConfig(111, machine.config(110));
    await machine.must('qm', 'set', '110', '--args', `-S ${/^args: (.*)$/m.exec(machine.config(110))?.[1] ?? ''} -no-reboot`);
    for (const vmid of [110, 111]) expect((await machine.unassign(vmid)).ok).toBe(true);
    expect([machine.config(110), machine.config(111)]).toEqual([`args: -S -no-reboot\n${PLAIN}`, PLAIN]);
    expect(machine.mapping()).toBe('');
  });

  test('a guest that runs gets it at its next start, and gives it back at its next stop', async () => {
    const machine = simulated('coffee-lake');
    machine.writeConfig(110, PLAIN);
    await machine.must('qm', 'start', '110');
    await give(machine, 110, 'V5_8', { kind: 'ramfb' });
    expect(await states(machine)).toEqual([]);
    await machine.must('qm', 'reboot', '110');
    expect(await states(machine)).toEqual([['00000000-0000-0000-0000-000000000110', 'used']]);
    expect((await machine.unassign(110)).ok).toBe(true);
    await machine.must('qm', 'stop', '110');
    expect([await states(machine), machine.config(110)]).toEqual([[], PLAIN]);
    expect((await machine.unassign(110)).ok).toBe(true);
    expect(machine.mapping()).toBe('');
  });
});

describe('leftovers', () => {
  test('of a guest that is gone are found and removed; the run is in the journal', async () => {
    const machine = simulated('coffee-lake');
    machine.writeConfig(110, PLAIN);
    await give(machine, 110, 'V5_8');
    await machine.must('qm', 'start', '110');
    left(machine, '00000000-0000-0000-0000-000000000999');
    expect(await states(machine)).toEqual([
      ['00000000-0000-0000-0000-000000000110', 'used'],
      ['00000000-0000-0000-0000-000000000999', 'leftover'],
    ]);
    const cleaned = await machine.carryOut(() => planCleanMdevs(machine.context));
    expect(cleaned.ok).toBe(true);
    expect(await states(machine)).toEqual([['00000000-0000-0000-0000-000000000110', 'used']]);
    expect(machine.node.machine.tree.names('/var/lib/pveigpu/journal')).toHaveLength(2);
  });

  test('after a crash of QEMU that PVE did not see: kept while the guest wants it, removed when it does not', async () => {
    const machine = simulated('coffee-lake');
    machine.writeConfig(110, PLAIN);
    await give(machine, 110, 'V5_4');
    await machine.must('qm', 'start', '110');
    const { kernel } = machine.node.machine;
    kernel.endProcess(Number(machine.node.machine.tree.text('/run/qemu-server/110.pid')));
    expect(await states(machine)).toEqual([['00000000-0000-0000-0000-000000000110', 'kept']]);
    machine.writeConfig(110, PLAIN);
    expect(await states(machine)).toEqual([['00000000-0000-0000-0000-000000000110', 'leftover']]);
    expect((await machine.carryOut(() => planCleanMdevs(machine.context))).ok).toBe(true);
    expect(await states(machine)).toEqual([]);
  });

  test('one that somebody opens after the plan was made is not touched', async () => {
    const machine = simulated('coffee-lake');
    left(machine, '00000000-0000-0000-0000-000000000999');
    const plan = await planCleanMdevs(machine.context);
    if (!plan.ok) throw new Error(plan.problem.message);
    const group = machine.node.machine.tree.lookup('/sys/bus/mdev/devices/00000000-0000-0000-0000-000000000999/iommu_group');
    const node = `/dev/vfio/${'path' in group ? group.path.split('/').at(-1) : ''}`;
    const { pid } = machine.node.machine.kernel.startProcess({ command: 'late', argv: ['late'], open: [node] });
    const applied = await applyPlan(machine.context, plan.value);
    expect(applied.ok ? '' : applied.problem.message).toContain(`in use by process ${pid} (late)`);
    expect(await states(machine)).toEqual([['00000000-0000-0000-0000-000000000999', 'used']]);
  });

  test('one whose removal hangs is seen until who has it open ends', async () => {
    const machine = simulated('coffee-lake');
    machine.writeConfig(110, PLAIN);
    await give(machine, 110, 'V5_4');
    await machine.must('qm', 'start', '110');
    const uuid = '00000000-0000-0000-0000-000000000110';
    expect(machine.node.machine.kernel.write(`/sys/bus/mdev/devices/${uuid}/remove`, '1')).toBe('HANG');
    expect(await states(machine)).toEqual([[uuid, 'leaving']]);
    expect(await planCleanMdevs(machine.context, uuid)).toMatchObject({ ok: false, problem: { code: 'vf.in-use' } });
    machine.node.machine.kernel.endProcess(Number(machine.node.machine.tree.text('/run/qemu-server/110.pid')));
    expect(await states(machine)).toEqual([]);
  });
});

describe('what is planned for each kind of VM, as it is printed', () => {
  test.each(['broadwell', 'coffee-lake', 'comet-lake', 'apollo-lake'])('%s', async (profile) => {
    const machine = await withGvtg(profile);
    const parts = [`$ pveigpu mdev types\n${table(IO, ...split(mdevTypesRows(await listMdevTypes(machine.context))))}`];
    for (const vmid of [100, 101, 102, 103])
      for (const display of ['off', 'ramfb'] as const) {
        const plan = await planAssign(
          machine.context,
          { vmid, mode: 'gvt-g', mdev: { display: { kind: display } } },
          { hookStub: HOOK_STUB },
        );
        const text = plan.ok
          ? planText(IO, await shownPlan(machine.node, plan.value)).trimEnd()
          : `${plan.problem.message}\n${plan.problem.hint ?? ''}`;
        parts.push(`$ pveigpu assign ${vmid} --mode gvt-g --display ${display} --dry-run\n${text}\n`);
      }
    expectGolden(`mdev/${profile}.txt`, parts.join('\n'));
  });
});

function split([heads = [], ...rows]: readonly (readonly string[])[]): [readonly string[], readonly (readonly string[])[]] {
  return [heads, rows];
}
