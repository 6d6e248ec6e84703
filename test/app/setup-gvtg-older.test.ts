// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { planConfirmation } from '../../src/app/confirm.ts';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { planHostSetup } from '../../src/app/plan-setup.ts';
import type { Plan } from '../../src/core/plan/action.ts';
import type { Result } from '../../src/core/problem.ts';
import { type Simulated, simulated } from './simulated.ts';

const OWN = '/etc/modprobe.d/pveigpu.conf';
const TYPES = '/sys/bus/pci/devices/0000:00:02.0/mdev_supported_types';

async function apply(node: Simulated, plan: Result<Plan>): Promise<void> {
  if (!plan.ok) throw new Error(plan.problem.message);
  const applied = await applyPlan(node.context, plan.value);
  if (!applied.ok) throw new Error(applied.problem.message);
}

const own = (node: Simulated) => node.node.machine.tree.text(OWN) ?? '';
const gvtg = async (node: Simulated) => await planHostSetup(node.context, { mode: 'gvt-g' });

/** A machine that was set up for GVT-g and booted so, and offers no types all the same. */
async function bootedInVain(profile: string): Promise<Simulated> {
  const node = simulated(profile, { unitRunner: async () => undefined });
  await apply(node, await gvtg(node));
  expect(own(node)).toContain('options i915 enable_guc=0\n');
  await node.node.reboot();
  node.node.machine.tree.remove(TYPES);
  return node;
}

test('a machine of generation 9 that offers nothing with enable_guc=0 gets 2, and keeps it', async () => {
  const node = await bootedInVain('comet-lake');
  await apply(node, await gvtg(node));
  expect(own(node)).toContain('options i915 enable_guc=2\n');
  await node.node.reboot();
  expect(node.node.machine.tree.text('/sys/module/i915/parameters/enable_guc')?.trim()).toBe('2');
  expect(node.node.machine.tree.names(TYPES)).not.toBeUndefined();
  await apply(node, await planConfirmation(node.context));
  const again = await gvtg(node);
  expect(again.ok && again.value.steps).toEqual([]);
});

test('with the types offered, or before the boot, it stays 0', async () => {
  const node = simulated('comet-lake', { unitRunner: async () => undefined });
  await apply(node, await gvtg(node));
  const waiting = await gvtg(node);
  expect(waiting.ok && waiting.value.steps).toEqual([]);
  await node.node.reboot();
  const after = await gvtg(node);
  expect(after.ok && after.value.steps).toEqual([]);
  expect(own(node)).toContain('options i915 enable_guc=0\n');
});

test('a machine of generation 8 stays at 0, since nobody reported 2 for it', async () => {
  const node = await bootedInVain('broadwell');
  const plan = await gvtg(node);
  expect(plan.ok && plan.value.steps.some(({ action }) => action === 'writeFile')).toBe(false);
});
