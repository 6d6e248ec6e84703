// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { planConfirmation } from '../../src/app/confirm.ts';
import { confirmAuto } from '../../src/app/confirm-auto.ts';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { APPLY_LOCK } from '../../src/app/engine/state-paths.ts';
import { planHostSetup } from '../../src/app/plan-setup.ts';
import { confirmUnit } from '../../src/core/boot/confirm-unit.ts';
import type { Plan } from '../../src/core/plan/action.ts';
import type { Result } from '../../src/core/problem.ts';
import type { SimulatedMachine } from '../../src/simulator/host/simulated-machine.ts';
import { findProfile } from '../../src/simulator/profiles/table.ts';
import { HOOK_STUB, Simulated } from './simulated.ts';

const OPTIONS = { hookStub: HOOK_STUB, limitMs: 60_000 };
const PENDING = '/var/lib/pveigpu/pending.json';
const OWN = '/etc/modprobe.d/pveigpu.conf';

const inside = (node: Simulated) => node.node.machine as SimulatedMachine;
const text = (node: Simulated, path: string) => inside(node).tree.text(path);
const runsOf = (node: Simulated) =>
  Object.keys(node.node.persistentFiles()).filter((path) => /^\/var\/lib\/pveigpu\/journal\/\d+\.json$/.test(path)).length;

/** A machine whose units are ours but do nothing, so that a test says when they run. */
function machine(loader?: 'pbt-systemd-boot'): Simulated {
  const profile = findProfile('comet-lake');
  if (profile === undefined) throw new Error('no such machine');
  return new Simulated(loader === undefined ? profile : { ...profile, loader }, { unitRunner: async () => undefined });
}

async function apply(node: Simulated, plan: Result<Plan>): Promise<void> {
  if (!plan.ok) throw new Error(plan.problem.message);
  const applied = await applyPlan(node.context, plan.value, { force: true });
  if (!applied.ok) throw new Error(applied.problem.message);
}

const setUp = async (node: Simulated, mode: 'gvt-g' | 'gvt-d' | 'host', trial = false) =>
  await apply(node, await planHostSetup(node.context, { mode, trial }));

/** One boot in which the network is lost: what the unit does then, and whether it asks for another boot. */
async function sickBoot(node: Simulated): Promise<readonly [string, boolean]> {
  expect(await node.node.reboot()).toEqual({ booted: true });
  inside(node).tree.setFile('/sys/class/net/vmbr0/operstate', 'down\n');
  return [await confirmAuto(node.context, OPTIONS), inside(node).units.rebootAsked];
}

/** The same, while something else happens during the first wait. */
function during(node: Simulated, act: () => Promise<void>): Simulated['context'] {
  const { clock } = node.context;
  let first = true;
  const sleep = async (ms: number) => {
    if (first) await act();
    first = false;
    await clock.sleep(ms);
  };
  return { ...node.context, clock: { nowMs: () => clock.nowMs(), sleep } };
}

describe('the way back after an unhealthy boot', () => {
  test('is gone once: a network that stays away does not start the node again and again', async () => {
    const node = machine();
    await setUp(node, 'gvt-d');
    await node.node.reboot();
    expect(await confirmAuto(node.context, OPTIONS)).toBe('confirmed');
    await setUp(node, 'gvt-g');
    expect(await sickBoot(node)).toEqual(['gone-back', true]);
    const [runs, file] = [runsOf(node), text(node, OWN)];
    expect(file).toContain('driver_override');
    // The network was away when the way back was set up, so now it is the daemons that are missed.
    inside(node).units.broken.add('pveproxy.service');
    for (let boot = 0; boot < 3; boot += 1) {
      expect(await sickBoot(node)).toEqual(['failed', false]);
      expect([runsOf(node), text(node, OWN)]).toEqual([runs, file]);
    }
    inside(node).units.broken.clear();
    expect(await node.node.reboot()).toEqual({ booted: true });
    expect(await confirmAuto(node.context, OPTIONS)).toBe('confirmed');
    expect(Object.values(JSON.parse(text(node, '/var/lib/pveigpu/desired.json') ?? '').gpus)).toMatchObject([{ mode: 'gvt-d' }]);
  });

  test('goes back before all that was set up since the last boot', async () => {
    const node = machine();
    await setUp(node, 'gvt-d');
    await setUp(node, 'gvt-g');
    expect(await sickBoot(node)).toEqual(['gone-back', true]);
    expect(text(node, OWN)).toBeUndefined();
    expect(JSON.parse(text(node, '/var/lib/pveigpu/desired.json') ?? '').gpus).toEqual({});
  });

  test('a set-up after an unconfirmed one awaits a boot of its own', async () => {
    const node = machine();
    await setUp(node, 'gvt-d');
    await node.node.reboot();
    await setUp(node, 'gvt-g');
    const boot = text(node, '/proc/sys/kernel/random/boot_id')?.trim();
    expect(JSON.parse(text(node, PENDING) ?? '').bootId).toBe(boot);
    expect((await planConfirmation(node.context)).ok).toBe(false);
    expect(await confirmAuto(node.context, OPTIONS)).toBe('nothing');
  });
});

test('the unit waits for nothing that waits for quorum, which a node without its network never has', () => {
  const after =
    confirmUnit('/usr/bin/pveigpu')
      .match(/^After=(.*)$/m)?.[1]
      ?.split(' ') ?? [];
  expect(after).toContain('pve-cluster.service');
  expect(after).not.toContain('pve-guests.service');
});

describe('while the node is looked at', () => {
  test('what somebody sets up anew is not taken back', async () => {
    const node = machine();
    await setUp(node, 'gvt-g');
    await node.node.reboot();
    inside(node).tree.setFile('/sys/class/net/vmbr0/operstate', 'down\n');
    const busy = during(node, async () => await setUp(node, 'gvt-d'));
    expect(await confirmAuto(busy, OPTIONS)).toBe('nothing');
    expect(text(node, OWN)).toContain('driver_override');
    expect(inside(node).units.rebootAsked).toBe(false);
  });

  test('somebody may confirm by hand', async () => {
    const node = machine();
    await setUp(node, 'gvt-g');
    await node.node.reboot();
    inside(node).tree.setFile('/sys/class/net/vmbr0/operstate', 'down\n');
    const busy = during(node, async () => await apply(node, await planConfirmation(node.context)));
    expect(await confirmAuto(busy, OPTIONS)).toBe('nothing');
    expect(text(node, OWN)).toContain('enable_gvt=1');
  });

  test('a command that holds the lock is waited for', async () => {
    const node = machine();
    await setUp(node, 'gvt-g');
    await node.node.reboot();
    const lock = await node.node.lock(APPLY_LOCK, { timeoutMs: 0 });
    if (!lock.ok) throw new Error(lock.problem.message);
    const busy = during(node, async () => await lock.value.release());
    expect(await confirmAuto(busy, OPTIONS)).toBe('confirmed');
  });
});

describe('a trial on a node that has the unit', () => {
  async function tried(): Promise<Simulated> {
    const node = machine('pbt-systemd-boot');
    await setUp(node, 'gvt-d');
    await node.node.reboot();
    expect(await confirmAuto(node.context, OPTIONS)).toBe('confirmed');
    await setUp(node, 'gvt-g', true);
    return node;
  }

  test('that runs and is healthy is left to its owner: only confirm makes it last', async () => {
    const node = await tried();
    await node.node.reboot();
    const before = text(node, OWN);
    expect(await confirmAuto(node.context, OPTIONS)).toBe('nothing');
    expect([text(node, OWN), text(node, PENDING) === undefined]).toEqual([before, false]);
  });

  test('that is unhealthy starts the node once as before, and that boot forgets it whatever its health', async () => {
    const node = await tried();
    expect(await sickBoot(node)).toEqual(['gone-back', true]);
    expect(await sickBoot(node)).toEqual(['confirmed', false]);
    expect(text(node, PENDING)).toBeUndefined();
    expect(await sickBoot(node)).toEqual(['nothing', false]);
  });
});
