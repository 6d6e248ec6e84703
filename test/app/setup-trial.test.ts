// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { planConfirmation } from '../../src/app/confirm.ts';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { planHostSetup } from '../../src/app/plan-setup.ts';
import type { Plan } from '../../src/core/plan/action.ts';
import type { Result } from '../../src/core/problem.ts';
import type { Profile } from '../../src/simulator/profile.ts';
import { findProfile } from '../../src/simulator/profiles/table.ts';
import { Simulated } from './simulated.ts';

function machine(name: string, loader: Profile['loader']): Simulated {
  const profile = findProfile(name);
  if (profile === undefined) throw new Error(`no profile ${name}`);
  return new Simulated({ ...profile, loader });
}

async function apply(node: Simulated, plan: Result<Plan>): Promise<Plan> {
  if (!plan.ok) throw new Error(plan.problem.message);
  const applied = await applyPlan(node.context, plan.value);
  if (!applied.ok) throw new Error(applied.problem.message);
  return plan.value;
}

const PF = '/sys/bus/pci/devices/0000:00:02.0';

const cmdline = (node: Simulated) => node.node.machine.tree.text('/proc/cmdline') ?? '';

describe('a trial', () => {
  test('runs for one boot; the boot after it is as before, and so is the disk', async () => {
    const node = machine('comet-lake', 'pbt-systemd-boot');
    const before = node.lasting();
    const line = cmdline(node);
    await apply(node, await planHostSetup(node.context, { mode: 'gvt-g', trial: true }));
    const changed = Object.keys(node.lasting()).filter((path) => node.lasting()[path] !== before[path]);
    expect(changed).toEqual(['esp:/loader/entries/pveigpu-trial.conf']);
    expect(await node.node.reboot()).toEqual({ booted: true });
    expect(cmdline(node)).toContain('i915.enable_guc=0');
    expect(node.node.machine.tree.text('/sys/module/i915/parameters/enable_guc')?.trim()).toBe('0');
    expect(await node.node.reboot()).toEqual({ booted: true });
    expect(cmdline(node)).toBe(line);
  });

  test('that came up is made to last by confirm, and its entry goes', async () => {
    const node = machine('comet-lake', 'pbt-systemd-boot');
    await apply(node, await planHostSetup(node.context, { mode: 'gvt-g', trial: true }));
    expect((await planConfirmation(node.context)).ok).toBe(false);
    await node.node.reboot();
    const plan = await apply(node, await planConfirmation(node.context));
    expect(plan.steps.map(({ action }) => action)).toContain('trialEntry');
    expect(Object.keys(node.lasting()).filter((path) => path.includes('trial'))).toEqual([]);
    expect(await node.node.reboot()).toEqual({ booted: true });
    expect(cmdline(node)).not.toContain('enable_guc');
    expect(node.node.machine.tree.text('/sys/module/i915/parameters/enable_guc')?.trim()).toBe('0');
    await apply(node, await planConfirmation(node.context));
  });

  test('that did not come up is forgotten by confirm, which changes nothing else', async () => {
    const node = machine('comet-lake', 'pbt-systemd-boot');
    const before = node.lasting();
    await apply(node, await planHostSetup(node.context, { mode: 'gvt-g', trial: true }));
    // The trial hung, and somebody switched the node off and on.
    await node.node.reboot();
    await node.node.reboot();
    const plan = await apply(node, await planConfirmation(node.context));
    expect(plan.remarks.map(({ id }) => id)).toContain('confirm.trial-failed');
    expect(node.lasting()).toEqual(before);
  });

  test('of the whole GPU goes by id and keeps its drivers from loading', async () => {
    const node = machine('apollo-lake', 'pbt-systemd-boot');
    await apply(node, await planHostSetup(node.context, { mode: 'gvt-d', trial: true }));
    await node.node.reboot();
    expect(node.node.machine.kernel.driverOf('0000:00:02.0')).toBe('vfio-pci');
    await node.node.reboot();
    expect(node.node.machine.kernel.driverOf('0000:00:02.0')).toBe('i915');
  });

  test('is refused where the loader cannot forget it: GRUB on LVM, and GRUB on EFI system partitions', async () => {
    for (const loader of ['grub', 'pbt-grub'] as const) {
      const node = machine('comet-lake', loader);
      const before = node.lasting();
      const plan = await planHostSetup(node.context, { mode: 'gvt-g', trial: true });
      expect(plan, loader).toMatchObject({ ok: false, problem: { code: 'host.unsupported' } });
      expect(node.lasting()).toEqual(before);
    }
  });

  test('of what has to be installed first is refused', async () => {
    const node = machine('raptor-lake-s-untouched', 'pbt-systemd-boot');
    const plan = await planHostSetup(node.context, { mode: 'sriov', driver: 'i915-dkms', trial: true });
    expect(plan.ok).toBe(false);
  });

  test('of VFs makes none in its boot; confirm makes them, and they are there again after the next one', async () => {
    const node = machine('tiger-lake', 'pbt-systemd-boot');
    const vfs = () => (node.node.machine.tree.names(PF) ?? []).filter((name) => name.startsWith('virtfn')).length;
    const plan = await apply(node, await planHostSetup(node.context, { mode: 'sriov', trial: true }));
    expect(plan.remarks.map(({ hint }) => hint ?? '').join(' ')).toContain('makes the VFs');
    await node.node.reboot();
    await node.node.settled();
    expect(vfs()).toBe(0);
    await apply(node, await planConfirmation(node.context));
    expect(vfs()).toBe(7);
    expect((await planHostSetup(node.context, {})).ok).toBe(true);
    expect(await node.node.reboot()).toEqual({ booted: true });
    await node.node.settled();
    expect(vfs()).toBe(7);
  });

  test('of a mode that needs no parameter is no trial', async () => {
    const node = machine('panther-lake', 'pbt-systemd-boot');
    const plan = await planHostSetup(node.context, { mode: 'sriov', trial: true });
    expect(plan).toMatchObject({ ok: false, problem: { code: 'plan.failed', hint: 'pveigpu apply sriov' } });
  });
});
