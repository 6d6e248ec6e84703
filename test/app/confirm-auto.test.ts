// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { confirmAuto } from '../../src/app/confirm-auto.ts';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { planHostSetup } from '../../src/app/plan-setup.ts';
import type { SimulatedMachine } from '../../src/simulator/host/simulated-machine.ts';
import { HOOK_STUB, type Simulated, simulated } from './simulated.ts';

const OPTIONS = { hookStub: HOOK_STUB, limitMs: 60_000 };
const PENDING = '/var/lib/pveigpu/pending.json';

/** Units of ours that do nothing, so that a test says when they run. */
const STILL = { unitRunner: async () => undefined };

const inside = (node: Simulated) => node.node.machine as SimulatedMachine;
const text = (node: Simulated, path: string) => inside(node).tree.text(path);

/** A node that was set up for GVT-g and has been rebooted since; its units did not run. */
async function rebooted(options: Parameters<typeof simulated>[1] = STILL): Promise<Simulated> {
  const node = simulated('comet-lake', options);
  const plan = await planHostSetup(node.context, { mode: 'gvt-g' });
  if (!plan.ok) throw new Error(plan.problem.message);
  const applied = await applyPlan(node.context, plan.value);
  if (!applied.ok) throw new Error(applied.problem.message);
  expect(await confirmAuto(node.context, OPTIONS)).toBe('nothing');
  expect(await node.node.reboot()).toEqual({ booted: true });
  return node;
}

describe('after the reboot of a set-up', () => {
  test('a healthy node is confirmed, once', async () => {
    const node = await rebooted();
    expect(JSON.parse(text(node, PENDING) ?? '')).toMatchObject({ expects: ['pve', 'network'] });
    expect(await confirmAuto(node.context, OPTIONS)).toBe('confirmed');
    expect(text(node, PENDING)).toBeUndefined();
    expect(await confirmAuto(node.context, OPTIONS)).toBe('nothing');
  });

  test('by the unit that the set-up enables', async () => {
    const node = await rebooted({});
    expect(text(node, PENDING)).toBeUndefined();
    expect(inside(node).units.journal.of('pveigpu-confirm.service').join('\n')).toContain('this is confirmed');
    // The kernel to fall back on got the same options.
    const runs = JSON.parse(text(node, '/var/lib/pveigpu/journal/0002.json') ?? '{}');
    expect(JSON.stringify(runs)).toContain('updateInitramfs');
  });

  test.each([
    ['older than the one that boots by default: an upgrade came between, so it is confirmed', '5.4.1-1-pve', 'confirmed'],
    ['newer: it did not come up, so the set-up goes back', '9.1.0-1-pve', 'gone-back'],
  ])('the kernel that was awaited is %s', async (_what, kernel, answer) => {
    const node = await rebooted();
    const pending = JSON.parse(text(node, PENDING) ?? '') as object;
    inside(node).tree.setFile(PENDING, JSON.stringify({ ...pending, kernel }));
    expect(await confirmAuto(node.context, OPTIONS)).toBe(answer);
    expect(text(node, '/etc/modprobe.d/pveigpu.conf') !== undefined).toBe(answer === 'confirmed');
  });

  test('a node without a network goes back and starts again as before', async () => {
    const before = simulated('comet-lake').lasting();
    const node = await rebooted();
    inside(node).tree.setFile('/sys/class/net/vmbr0/operstate', 'down\n');
    const start = node.context.clock.nowMs();
    expect(await confirmAuto(node.context, OPTIONS)).toBe('gone-back');
    expect(node.context.clock.nowMs() - start).toBeGreaterThanOrEqual(60_000);
    expect(inside(node).units.rebootAsked).toBe(true);
    expect(node.said.join('\n')).toContain('no default route');
    const files = Object.entries(node.lasting()).filter(([path]) => path.startsWith('/etc/'));
    expect(Object.fromEntries(files)).toEqual(
      Object.fromEntries(Object.entries(before).filter(([path]) => path.startsWith('/etc/'))),
    );
  });

  test("a node without its daemons, and one without the GPU's driver, which is not started again", async () => {
    const node = await rebooted();
    inside(node).units.broken.add('pveproxy.service');
    await node.node.reboot();
    expect(await confirmAuto(node.context, OPTIONS)).toBe('gone-back');
    expect(inside(node).units.rebootAsked).toBe(true);
    const other = await rebooted();
    inside(other).kernel.write('/sys/bus/pci/drivers/i915/unbind', '0000:00:02.0');
    expect(await confirmAuto(other.context, OPTIONS)).toBe('gone-back');
    expect(inside(other).units.rebootAsked).toBe(false);
    expect(text(other, '/etc/modprobe.d/pveigpu.conf')).toBeUndefined();
  });

  test('what was not there before the set-up is not missed after it', async () => {
    const node = simulated('comet-lake', STILL);
    inside(node).tree.remove('/proc/net/route');
    const plan = await planHostSetup(node.context, { mode: 'gvt-g' });
    if (!plan.ok) throw new Error(plan.problem.message);
    expect((await applyPlan(node.context, plan.value)).ok).toBe(true);
    await node.node.reboot();
    inside(node).tree.remove('/proc/net/route');
    expect(await confirmAuto(node.context, OPTIONS)).toBe('confirmed');
  });

  test('a network that comes late is waited for', async () => {
    const node = await rebooted();
    inside(node).tree.setFile('/sys/class/net/vmbr0/operstate', 'down\n');
    const { clock } = node.context;
    const sleep = async (ms: number) => {
      inside(node).tree.setFile('/sys/class/net/vmbr0/operstate', 'up\n');
      await clock.sleep(ms);
    };
    const waiting = { ...node.context, clock: { nowMs: () => clock.nowMs(), sleep } };
    expect(await confirmAuto(waiting, OPTIONS)).toBe('confirmed');
  });
});
