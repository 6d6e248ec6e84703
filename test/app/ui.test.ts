// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { planRollback } from '../../src/app/rollback.ts';
import { planUiInstalled, planUiRemoved, readUi, uiSource } from '../../src/app/ui.ts';
import type { Plan } from '../../src/core/plan/action.ts';
import type { Result } from '../../src/core/problem.ts';
import { INDEX_TEMPLATE, UI_SCRIPT } from '../../src/core/ui/index-template.ts';
import { PAGE } from '../core/ui/page.ts';
import { HOOK_STUB, type Simulated, simulated } from './simulated.ts';

const FIRST = uiSource('console.log(1);', '1.0.0');
const SECOND = uiSource('console.log(2);', '1.0.0');

function withPage(page = PAGE): Simulated {
  const machine = simulated('raptor-lake-s');
  machine.node.machine.tree.setFile(INDEX_TEMPLATE, page);
  machine.node.machine.tree.setDirectory('/usr/share/pve-manager/js');
  return machine;
}

async function carryOut({ context }: Simulated, plan: Result<Plan>, force = false): Promise<number> {
  if (!plan.ok) throw new Error(plan.problem.message);
  const applied = await applyPlan(context, plan.value, { force });
  if (!applied.ok) throw new Error(applied.problem.message);
  return plan.value.steps.length;
}

const install = async (machine: Simulated, source = FIRST, force = false) =>
  await carryOut(machine, await planUiInstalled(machine.context, source), force);
const remove = async (machine: Simulated) => await carryOut(machine, await planUiRemoved(machine.context));
const text = ({ node }: Simulated, path: string) => node.machine.tree.text(path);

async function state(machine: Simulated, source = FIRST) {
  const view = await readUi(machine.context, source);
  if (!view.ok) throw new Error(view.problem.message);
  const { installed, template, script, current } = view.value;
  return [installed, template, script, current];
}

test('the line and the script come, once, and go without a trace', async () => {
  const machine = withPage();
  const before = machine.lasting();
  expect(await state(machine)).toEqual([false, 'without-panel', 'absent', false]);
  expect(await install(machine)).toBe(2);
  expect(await state(machine)).toEqual([true, 'with-panel', 'pveigpu', true]);
  expect(text(machine, UI_SCRIPT)).toBe(FIRST.text);
  expect(await install(machine)).toBe(0);
  expect(await remove(machine)).toBe(2);
  expect(machine.lasting()).toEqual(before);
  expect(await remove(machine)).toBe(0);
});

test('another version takes the place of the one before', async () => {
  const machine = withPage();
  const before = machine.lasting();
  await install(machine);
  expect(await state(machine, SECOND)).toEqual([true, 'with-panel', 'pveigpu', false]);
  await install(machine, SECOND);
  expect(text(machine, INDEX_TEMPLATE)?.match(/pveigpu\.js/g)).toHaveLength(1);
  expect(text(machine, UI_SCRIPT)).toBe(SECOND.text);
  await remove(machine);
  expect(machine.lasting()).toEqual(before);
});

test('an upgrade of pve-manager brings its own page; both verbs take it as it is', async () => {
  const next = PAGE.replace('<title>', '<meta name="new"><title>');
  const machine = withPage();
  await install(machine);
  machine.node.machine.tree.setFile(INDEX_TEMPLATE, next);
  await install(machine);
  expect(text(machine, INDEX_TEMPLATE)).toContain('pveigpu.js');
  machine.node.machine.tree.setFile(INDEX_TEMPLATE, next);
  expect(await remove(machine)).toBe(1);
  expect(text(machine, INDEX_TEMPLATE)).toBe(next);
  expect(text(machine, UI_SCRIPT)).toBeUndefined();
});

test('a script of our package is left to the package', async () => {
  const machine = withPage();
  const { tree } = machine.node.machine;
  tree.setFile('/var/lib/dpkg/info/pveigpu.list', `/.\n${UI_SCRIPT}\n`);
  tree.setFile(UI_SCRIPT, 'of the package');
  expect(await install(machine)).toBe(1);
  expect(await state(machine)).toEqual([true, 'with-panel', 'package', true]);
  await remove(machine);
  expect(text(machine, UI_SCRIPT)).toBe('of the package');
  expect(text(machine, INDEX_TEMPLATE)).toBe(PAGE);
});

test("somebody else's script of our name is replaced only by force, and comes back", async () => {
  const machine = withPage();
  machine.node.machine.tree.setFile(UI_SCRIPT, 'mine');
  await expect(install(machine)).rejects.toThrow(/not from this pveigpu/);
  expect(text(machine, UI_SCRIPT)).toBe('mine');
  await install(machine, FIRST, true);
  await remove(machine);
  expect(text(machine, UI_SCRIPT)).toBe('mine');
});

test('a page that is not known is refused and left, no page is nothing to do', async () => {
  const strange = withPage('<html></html>');
  const refused = await planUiInstalled(strange.context, FIRST);
  expect(refused).toMatchObject({ ok: false, problem: { code: 'format.unreadable' } });
  const none = simulated('raptor-lake-s');
  expect(await install(none)).toBe(0);
  expect(await remove(none)).toBe(0);
});

test.each([
  ['has a byte that is no UTF-8', Buffer.concat([Buffer.from(PAGE), Buffer.from([0xe9, 0x0a])])],
  ['begins with a byte order mark', Buffer.from(`\uFEFF${PAGE}`)],
])('a page that %s would lose it, and is refused', async (_what, page) => {
  const machine = withPage();
  machine.node.machine.tree.setFile(INDEX_TEMPLATE, page);
  const refused = await planUiInstalled(machine.context, FIRST);
  expect(refused).toMatchObject({ ok: false, problem: { code: 'format.unreadable' } });
});

test('rollback --all takes the panel out too, also on a machine without a GPU', async () => {
  for (const profile of ['raptor-lake-s', 'no-igpu']) {
    const machine = simulated(profile);
    machine.node.machine.tree.setFile(INDEX_TEMPLATE, PAGE);
    machine.node.machine.tree.setDirectory('/usr/share/pve-manager/js');
    const before = machine.lasting();
    await install(machine);
    const back = await machine.carryOut(
      async () => await planRollback(machine.context, { to: 'all', force: false }, { hookStub: HOOK_STUB }),
    );
    expect(back).toMatchObject({ ok: true });
    expect(machine.lasting()).toEqual(before);
  }
});

test('an administrator who does not want it is heard, by upgrades too; who takes it out is told how', async () => {
  const machine = withPage();
  machine.node.machine.tree.setFile('/var/lib/dpkg/info/pveigpu.list', `${UI_SCRIPT}\n`);
  machine.node.machine.tree.setFile(UI_SCRIPT, FIRST.text);
  await install(machine);
  const removing = await planUiRemoved(machine.context);
  expect(removing.ok && removing.value.remarks).toMatchObject([
    { id: 'ui.comes-back', hint: expect.stringContaining('show = no') },
  ]);
  await carryOut(machine, removing);
  machine.node.machine.tree.setFile('/etc/pveigpu/pveigpu.conf', '[panel]\nshow = no\n');
  const before = machine.lasting();
  expect(await install(machine)).toBe(0);
  expect(machine.lasting()).toEqual(before);
  machine.node.machine.tree.setFile('/etc/pveigpu/pveigpu.conf', '[panel]\nshow = yes\n');
  expect(await install(machine)).toBe(1);
});
