// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { assertHostSetup } from '../../src/app/assert.ts';
import { planConfirmation } from '../../src/app/confirm.ts';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { planHostSetup } from '../../src/app/plan-setup.ts';
import { readStatus } from '../../src/app/status.ts';
import type { Plan } from '../../src/core/plan/action.ts';
import type { Result } from '../../src/core/problem.ts';
import { findProfile } from '../../src/simulator/profiles/table.ts';
import { Simulated } from './simulated.ts';

const OTHER = '6.14.11-4-pve';

function twoKernels(): Simulated {
  const profile = findProfile('comet-lake');
  if (profile === undefined) throw new Error('no such machine');
  return new Simulated({ ...profile, otherKernels: [OTHER] });
}

async function apply(node: Simulated, plan: Result<Plan>): Promise<Plan> {
  if (!plan.ok) throw new Error(plan.problem.message);
  const applied = await applyPlan(node.context, plan.value, { force: true });
  if (!applied.ok) throw new Error(applied.problem.message);
  return plan.value;
}

const inImage = async (node: Simulated) => (await node.must('lsinitramfs', `/boot/initrd.img-${OTHER}`)).includes('pveigpu.conf');

test('a node that gets its GPU back has nothing of ours in any kernel, and the reboot closes it', async () => {
  const node = twoKernels();
  await apply(node, await planHostSetup(node.context, { mode: 'gvt-g' }));
  expect(await inImage(node)).toBe(false);
  await node.node.reboot();
  await node.node.settled();
  expect(await inImage(node)).toBe(true);
  await apply(node, await planHostSetup(node.context, { mode: 'host' }));
  expect(await inImage(node)).toBe(false);
  expect((await readStatus(node.context)).waiting.map(({ until }) => until)).toEqual(['reboot']);
  const again = await planHostSetup(node.context, { mode: 'host' });
  expect(again.ok && again.value.remarks.map(({ hint }) => hint)).toEqual(['There is nothing to confirm after it.']);
  await node.node.reboot();
  expect((await readStatus(node.context)).waiting).toEqual([]);
  const view = await assertHostSetup(node.context, {});
  expect(view.ok && view.value.assertions.filter(({ id }) => id === 'assert.rebooted')).toEqual([]);
  expect((await apply(node, await planConfirmation(node.context))).remarks.map(({ id }) => id)).toEqual(['confirm.nothing']);
  // and a new set-up is noted over it
  await apply(node, await planHostSetup(node.context, { mode: 'gvt-g' }));
  expect((await readStatus(node.context)).waiting.map(({ until }) => until)).toEqual(['reboot']);
});
