// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect, test } from 'vitest';
import { assertHostSetup } from '../../src/app/assert.ts';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { planHostSetup } from '../../src/app/plan-setup.ts';
import type { Plan } from '../../src/core/plan/action.ts';
import type { SetupWish } from '../../src/core/setup/setup-wish.ts';
import { type Simulated, simulated } from './simulated.ts';

/** Puts a file somewhere else, with a link where it was, as who keeps his configuration in a repository has it. */
function moveAway(machine: Simulated, path: string, text: string): string {
  const { tree } = machine.node.machine;
  const place = `/root/dotfiles${path}`;
  tree.setFile(place, text);
  tree.remove(path);
  tree.setLink(path, place);
  return place;
}

async function planned(machine: Simulated, wish: SetupWish): Promise<Plan> {
  const plan = await planHostSetup(machine.context, { kernelFiles: [], ...wish });
  if (!plan.ok) throw new Error(plan.problem.message);
  return plan.value;
}

async function applied(machine: Simulated, wish: SetupWish): Promise<void> {
  const done = await applyPlan(machine.context, await planned(machine, wish), { force: true });
  if (!done.ok) throw new Error(done.problem.message);
}

/** Somebody's word that set-up has to stand against. */
const OFF = 'intel_iommu=off';

test.each([
  ['raptor-lake-s-untouched', '/etc/default/grub', `GRUB_CMDLINE_LINUX_DEFAULT="quiet ${OFF}"\n`, 'update-grub'],
  ['tiger-lake', '/etc/kernel/cmdline', `root=ZFS=rpool/ROOT/pve-1 boot=zfs ${OFF}\n`, 'proxmox-boot-tool refresh'],
] as const)('%s with a link at %s: set up once, through the link, and taken back exactly', async (name, path, text, program) => {
  const machine = simulated(name);
  const { tree } = machine.node.machine;
  const place = moveAway(machine, path, text);
  const blacklist = moveAway(machine, '/etc/modprobe.d/mine.conf', 'install i915 /usr/local/bin/load-i915\n');
  await machine.must('update-initramfs', '-u', '-k', 'all');
  const [command, ...words] = program.split(' ');
  await machine.must(command ?? '', ...words);
  expect(await machine.node.reboot()).toEqual({ booted: true });
  expect(tree.text('/proc/cmdline')).toContain(OFF);
  const before = [machine.lasting(), tree.text(place), tree.text(blacklist)];

  await applied(machine, { mode: 'gvt-d', force: true });
  expect(tree.text(blacklist)).toBe('# pveigpu: install i915 /usr/local/bin/load-i915\n');
  expect((await planned(machine, { mode: 'gvt-d', force: true })).steps).toEqual([]);
  expect(await machine.node.reboot()).toEqual({ booted: true });
  await machine.node.settled();
  expect(tree.text('/proc/cmdline')).toContain('intel_iommu=on');
  expect(await assertHostSetup(machine.context, {})).toMatchObject({ value: { answer: 'yes' } });

  await applied(machine, { mode: 'host' });
  expect(await machine.node.reboot()).toEqual({ booted: true });
  expect([machine.lasting(), tree.text(place), tree.text(blacklist)]).toEqual(before);
});

test('a file of ours that is masked stands against a mode, and against nothing when the GPU is given back', async () => {
  const machine = simulated('raptor-lake-s-untouched');
  const path = '/etc/systemd/system/pveigpu-confirm.service';
  machine.node.machine.tree.setLink(path, '/dev/null');
  expect(await planHostSetup(machine.context, { kernelFiles: [], mode: 'gvt-d' })).toMatchObject({
    ok: false,
    problem: { code: 'plan.failed', hint: `Take the link away first: rm ${path}` },
  });
  expect((await planned(machine, { mode: 'host' })).steps).toEqual([]);
});
