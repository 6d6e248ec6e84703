// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { PveCli } from '../../../src/adapters/pve-cli.ts';
import type { Context } from '../../../src/app/context.ts';
import { applyPlan } from '../../../src/app/engine/apply-plan.ts';
import { recover } from '../../../src/app/engine/recover.ts';
import { planVfCreate, planVfRemove } from '../../../src/app/vf.ts';
import type { Plan } from '../../../src/core/plan/action.ts';
import type { Host } from '../../../src/ports/host.ts';
import { findProfile } from '../../../src/simulator/profiles/table.ts';
import { createSimulatedNode, type SimulatedNode } from '../../../src/simulator/simulated-node.ts';
import { PowerCut } from './rig.ts';

const PF = '/sys/bus/pci/devices/0000:00:02.0';
const METHODS: readonly (keyof Host)[] = [
  'read',
  'readBytes',
  'list',
  'readLink',
  'stat',
  'writeAtomic',
  'poke',
  'mkdir',
  'remove',
  'lock',
  'run',
];

function newNode(): SimulatedNode {
  const profile = findProfile('raptor-lake-s');
  if (profile === undefined) throw new Error('no such profile');
  return createSimulatedNode(profile);
}

/** A context on a node whose power goes before, or after, its n-th operation. */
function contextOn(
  node: SimulatedNode,
  dieAt = Number.POSITIVE_INFINITY,
  after = false,
): { readonly context: Context; operations(): number } {
  let count = 0;
  const host = new Proxy(node as Host, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      if (!METHODS.includes(name as keyof Host)) return value.bind(target);
      return async (...args: unknown[]) => {
        const mine = count;
        count += 1;
        if (mine === dieAt && !after) throw new PowerCut();
        const answer = await value.apply(target, args);
        if (mine === dieAt) throw new PowerCut();
        return answer;
      };
    },
  });
  const context = { host, pve: new PveCli(host), clock: node.clock, log: { info: () => {}, warn: () => {} } };
  return { context, operations: () => count };
}

/** What matters of the node: VFs with driver and override, and every file that survives but ours. */
function picture(node: SimulatedNode): string {
  const { tree } = node.machine;
  const vfs = (tree.names(PF) ?? [])
    .filter((name) => name.startsWith('virtfn'))
    .map(
      (name) =>
        `${name} ${tree.text(`${PF}/${name}/driver_override`)?.trim()} ${node.machine.kernel.driverOf(`0000:00:02.${Number(name.slice(6)) + 1}`)}`,
    );
  const files = Object.entries(node.persistentFiles()).filter(([path]) => !path.startsWith('/var/lib/pveigpu'));
  return JSON.stringify([tree.text(`${PF}/sriov_drivers_autoprobe`)?.trim(), vfs, files]);
}

/** Somebody gives a VF to VFIO and opens it. */
function openVf(node: SimulatedNode, bdf: string): void {
  const { kernel, tree } = node.machine;
  kernel.write(`/sys/bus/pci/devices/${bdf}/driver_override`, 'vfio-pci');
  kernel.write('/sys/bus/pci/drivers_probe', bdf);
  const found = tree.lookup(`/sys/bus/pci/devices/${bdf}/iommu_group`);
  const group = 'path' in found ? found.path.split('/').at(-1) : undefined;
  kernel.startProcess({ command: 'vfio', argv: ['vfio'], open: [`/dev/vfio/${group}`] });
}

async function planOf(node: SimulatedNode, make: (context: Context) => ReturnType<typeof planVfCreate>): Promise<Plan> {
  const planned = await make(contextOn(node).context);
  if (!planned.ok) throw new Error(planned.problem.message);
  expect(planned.value.steps.length).toBeGreaterThan(0);
  return planned.value;
}

describe('on a simulated Raptor Lake node', () => {
  test('VFs are made, and taken away again without a trace', async () => {
    const node = newNode();
    const { context } = contextOn(node);
    const before = picture(node);
    expect(await applyPlan(context, await planOf(node, (c) => planVfCreate(c, { count: 3 })))).toMatchObject({ ok: true });
    expect(node.machine.kernel.driverOf('0000:00:02.3')).toBe('vfio-pci');
    expect(await applyPlan(context, await planOf(node, (c) => planVfRemove(c, {})))).toMatchObject({ ok: true });
    expect(picture(node)).toBe(before);
  });

  test('a driver that makes fewer VFs than asked: they go, and nothing else is left', async () => {
    const node = newNode();
    const { context } = contextOn(node);
    const before = picture(node);
    const plan = await planOf(node, (c) => planVfCreate(c, { count: 3 }));
    node.inject({ enableAtMost: 2 });
    const failed = await applyPlan(context, plan);
    expect(failed).toMatchObject({
      ok: false,
      problem: { code: 'plan.failed', message: expect.stringMatching(/3 VFs .* 2 are there/) },
    });
    expect(picture(node)).toBe(before);
    const states = failed.ok ? [] : (failed.problem.report?.steps ?? []).map(({ state }) => state);
    expect(new Set(states)).toEqual(new Set(['undone', 'planned']));
  });

  test('fewer VFs than asked of which one is open by then: they stay, and the journal says why', async () => {
    const node = newNode();
    const { context } = contextOn(node);
    const plan = await planOf(node, (c) => planVfCreate(c, { count: 3 }));
    node.inject({ enableAtMost: 2 });
    const poke: Host['poke'] = async (path, value, options) => {
      const answer = await node.poke(path, value, options);
      if (path.endsWith('/sriov_numvfs') && value === '3') openVf(node, '0000:00:02.2');
      return answer;
    };
    const host = new Proxy(context.host, { get: (target, name) => (name === 'poke' ? poke : Reflect.get(target, name)) });
    expect(await applyPlan({ ...context, host }, plan)).toMatchObject({ ok: false, problem: { code: 'plan.failed' } });
    expect(picture(node)).toContain('virtfn1');
    const journal = Object.entries(node.persistentFiles()).filter(([path]) => path.includes('/journal/'));
    expect(journal.map(([, text]) => text).join()).toContain('0000:00:02.2 is in use by');
  });

  test.each([false, true])('the power goes at any operation (after it: %s)', async (after) => {
    const plan = await planOf(newNode(), (c) => planVfCreate(c, { count: 2 }));
    const before = picture(newNode());
    const whole = newNode();
    const counted = contextOn(whole);
    expect(await applyPlan(counted.context, plan)).toMatchObject({ ok: true });
    const done = picture(whole);
    const outcomes = new Set<string>();
    for (let dieAt = 0; dieAt < counted.operations(); dieAt += 1) {
      for (const reboots of [false, true]) {
        const node = newNode();
        await expect(applyPlan(contextOn(node, dieAt, after).context, plan)).rejects.toThrow(PowerCut);
        if (reboots) await node.reboot();
        const recovered = await recover(contextOn(node).context);
        expect(recovered, `cut at ${dieAt}`).toMatchObject({ ok: true });
        const now = picture(node);
        // Sysfs does not survive a reboot, so then there is only one possible end.
        if (reboots) expect(now, `cut at ${dieAt}, rebooted`).toBe(before);
        else expect([before, done], `cut at ${dieAt}`).toContain(now);
        outcomes.add(now === done ? 'done' : 'before');
        const outcome = recovered.ok ? recovered.value?.outcome : undefined;
        expect(outcome, `cut at ${dieAt}`).not.toBe('incomplete');
      }
    }
    expect([...outcomes].sort()).toEqual(['before', 'done']);
  });
});
