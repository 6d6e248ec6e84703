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

const LEFT = 'vfio-pci.ids=8086:5a85,8086:5a98 module_blacklist=nouveau,i915';
const PF = '0000:00:02.0';

function machine(loader: Profile['loader'], words = LEFT): Simulated {
  const profile = findProfile('apollo-lake');
  if (profile === undefined) throw new Error('no such machine');
  return new Simulated({ ...profile, loader, cmdline: `${profile.cmdline} ${words}` }, { unitRunner: async () => undefined });
}

function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message}`);
  return result.value;
}

const blockers = ({ remarks }: Plan) => remarks.filter(({ level }) => level === 'blocker');
const cmdline = (node: Simulated) => node.node.machine.tree.text('/proc/cmdline') ?? '';
const plan = async (node: Simulated, mode: 'gvt-g' | 'host', force = false) =>
  must(await planHostSetup(node.context, { mode, force }));

describe('words on the kernel command line that break a mode', () => {
  test.each(['grub', 'pbt-grub', 'pbt-systemd-boot'] as const)(
    '%s: block; with force others count, and they come back',
    async (loader) => {
      const node = machine(loader);
      const before = node.lasting();
      expect(node.node.machine.kernel.driverOf(PF)).not.toBe('i915');
      expect(blockers(await plan(node, 'gvt-g')).map(({ id, overridable }) => [id, overridable])).toEqual([
        ['leftover.vfio-ids', true],
        ['leftover.driver-blocked', true],
      ]);
      must(await applyPlan(node.context, await plan(node, 'gvt-g', true), { force: true }));
      expect([(await plan(node, 'gvt-g')).steps, blockers(await plan(node, 'gvt-g'))]).toEqual([[], []]);
      expect(await node.node.reboot()).toEqual({ booted: true });
      expect(cmdline(node)).toContain(LEFT);
      expect(cmdline(node)).toContain('vfio-pci.ids=8086:5a98 module_blacklist=nouveau');
      expect(node.node.machine.kernel.driverOf(PF)).toBe('i915');
      expect([(await plan(node, 'gvt-g')).steps, blockers(await plan(node, 'gvt-g'))]).toEqual([[], []]);
      must(await applyPlan(node.context, must(await planConfirmation(node.context))));
      must(await applyPlan(node.context, await plan(node, 'host')));
      expect(await node.node.reboot()).toEqual({ booted: true });
      expect(node.lasting()).toEqual(before);
      expect(node.node.machine.kernel.driverOf(PF)).not.toBe('i915');
    },
  );

  test('a list that names nothing else becomes empty, and what adds up can only be taken out by hand', async () => {
    const node = machine('grub', 'module_blacklist=i915');
    must(await applyPlan(node.context, await plan(node, 'gvt-g', true), { force: true }));
    await node.node.reboot();
    expect(cmdline(node)).toMatch(/module_blacklist=i915 .*module_blacklist=(\s|$)/);
    expect(node.node.machine.kernel.driverOf(PF)).toBe('i915');
    const other = machine('grub', 'modprobe.blacklist=i915');
    const [blocker] = blockers(await plan(other, 'gvt-g', true));
    expect([blocker?.id, blocker?.overridable]).toEqual(['leftover.driver-blocked', false]);
    expect(blocker?.hint).toMatch(/take i915 out of it in \/etc\/default\/grub yourself\.$/);
  });
});

describe('a trial meets the same', () => {
  const trial = async (node: Simulated, force = false) =>
    must(await planHostSetup(node.context, { mode: 'gvt-g', force, trial: true }));

  test('words that break the mode block it as they block a lasting plan; with force others count for that boot alone', async () => {
    const node = machine('pbt-systemd-boot');
    const before = node.lasting();
    const named = ({ remarks }: Plan) => remarks.filter(({ id }) => id.startsWith('leftover.')).map(({ id, text }) => [id, text]);
    expect(named(await trial(node))).toEqual(named(await plan(node, 'gvt-g')));
    expect(blockers(await trial(node)).map(({ id, overridable }) => [id, overridable])).toEqual([
      ['leftover.vfio-ids', true],
      ['leftover.driver-blocked', true],
    ]);
    must(await applyPlan(node.context, await trial(node, true), { force: true }));
    expect(await node.node.reboot()).toEqual({ booted: true });
    expect(cmdline(node)).toContain('vfio-pci.ids=8086:5a98 module_blacklist=nouveau');
    expect(node.node.machine.kernel.driverOf(PF)).toBe('i915');
    expect(await node.node.reboot()).toEqual({ booted: true });
    expect(node.node.machine.kernel.driverOf(PF)).not.toBe('i915');
    const added = Object.keys(node.lasting()).filter((path) => !Object.hasOwn(before, path));
    expect(added).toEqual(['esp:/loader/entries/pveigpu-trial.conf']);
  });

  test('a line of a file blocks it, also with force, since a trial changes no file', async () => {
    const node = machine('pbt-systemd-boot', 'quiet');
    node.node.machine.tree.setFile('/etc/modprobe.d/guide.conf', 'blacklist i915\n');
    for (const force of [false, true]) {
      const found = blockers(await trial(node, force)).map(({ text, overridable }) => [text.split(' has ')[0], overridable]);
      expect(found).toEqual([['/etc/modprobe.d/guide.conf:1', false]]);
    }
  });

  test('without leftovers nothing is said of them', async () => {
    const said = (await trial(machine('pbt-systemd-boot', 'quiet'))).remarks.map(({ id }) => id);
    expect(said.filter((id) => id.startsWith('leftover.'))).toEqual([]);
  });
});
