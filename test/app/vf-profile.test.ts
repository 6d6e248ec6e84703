// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { bootVfs } from '../../src/app/boot.ts';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { planHostSetup } from '../../src/app/plan-setup.ts';
import { planVfCreate, planVfRemove } from '../../src/app/vf.ts';
import { planSetVfProfile, showVfProfile } from '../../src/app/vf-profile.ts';
import type { Plan } from '../../src/core/plan/action.ts';
import type { Result } from '../../src/core/problem.ts';
import type { ProfileRequest } from '../../src/core/vf/plan-vf-profile.ts';
import { vfProfileRows, vfProfileView } from '../../src/core/vf/vf-profile-view.ts';
import { type Simulated, simulated } from './simulated.ts';

const PF = '/sys/bus/pci/devices/0000:00:02.0';
const ADMIN = `${PF}/sriov_admin`;
const PRELIM = `${PF}/drm/card0/prelim_iov`;

async function apply(node: Simulated, plan: Result<Plan>): Promise<Plan> {
  if (!plan.ok) throw new Error(plan.problem.message);
  const applied = await applyPlan(node.context, plan.value);
  if (!applied.ok) throw new Error(applied.problem.message);
  return plan.value;
}

async function withVfs(profile: string, count: number): Promise<Simulated> {
  const node = simulated(profile);
  await apply(node, await planVfCreate(node.context, { count }));
  return node;
}

function text(node: Simulated, path: string): string {
  const found = node.node.machine.tree.lookup(path);
  if ('errno' in found || found.node.kind !== 'file') throw new Error(`no file ${path}`);
  return String(found.node.content).trim();
}

async function set(node: Simulated, request: ProfileRequest): Promise<Plan> {
  return await apply(node, await planSetVfProfile(node.context, undefined, request));
}

describe('the scheduling of VFs', () => {
  test('xe: shown with the PF first; the priority of a VF is fixed', async () => {
    const node = await withVfs('panther-lake', 2);
    const shown = await showVfProfile(node.context, undefined);
    if (!shown.ok) throw new Error(shown.problem.message);
    expect(vfProfileRows(vfProfileView(shown.value))).toEqual([
      ['FUNCTION', 'EXEC QUANTUM', 'PREEMPT TIMEOUT', 'PRIORITY'],
      ['GPU', 'no limit', 'no limit', 'low'],
      ['VF 1', 'no limit', 'no limit', 'low (fixed)'],
      ['VF 2', 'no limit', 'no limit', 'low (fixed)'],
    ]);
  });

  test('xe: all VFs, then another value for one; a second run has nothing to do', async () => {
    const node = await withVfs('panther-lake', 2);
    await set(node, { function: 'vfs', values: { execQuantumMs: 20, preemptTimeoutUs: 5000 } });
    await set(node, { function: 2, values: { execQuantumMs: 40 } });
    await set(node, { function: 0, values: { priority: 'high' } });
    expect([1, 2].map((vf) => text(node, `${ADMIN}/vf${vf}/profile/exec_quantum_ms`))).toEqual(['20', '40']);
    expect(text(node, `${ADMIN}/pf/profile/exec_quantum_ms`)).toBe('0');
    expect(text(node, `${ADMIN}/pf/profile/sched_priority`)).toBe('low normal [high]');
    const again = await planSetVfProfile(node.context, undefined, { function: 0, values: { priority: 'high' } });
    expect(again.ok && again.value.steps).toEqual([]);
  });

  test('what is desired is set again when the VFs are made at boot', async () => {
    const node = await withVfs('panther-lake', 2);
    await set(node, { function: 'vfs', values: { execQuantumMs: 20 } });
    await set(node, { function: 2, values: { execQuantumMs: 40 } });
    expect(await node.node.reboot()).toEqual({ booted: true });
    expect(text(node, `${ADMIN}/vf1/profile/exec_quantum_ms`)).toBe('0');
    await bootVfs(node.context);
    expect([1, 2].map((vf) => text(node, `${ADMIN}/vf${vf}/profile/exec_quantum_ms`))).toEqual(['20', '40']);
    // Removing them by hand says that nothing is desired of them any more.
    await apply(node, await planVfRemove(node.context, {}));
    await apply(node, await planVfCreate(node.context, { count: 2 }));
    expect(await node.node.reboot()).toEqual({ booted: true });
    await bootVfs(node.context);
    expect(text(node, `${ADMIN}/vf2/profile/exec_quantum_ms`)).toBe('0');
  });

  test('another number of VFs: those that are made anew are scheduled as before, and their pool is true', async () => {
    const node = simulated('panther-lake');
    const sriov = async (numVfs?: number) =>
      await planHostSetup(node.context, { mode: 'sriov', ...(numVfs === undefined ? {} : { numVfs }) });
    const all = async (numVfs: number) => {
      const done = await node.carryOut(() => sriov(numVfs));
      if (!done.ok) throw new Error(done.problem.message);
    };
    await all(4);
    expect((await node.assign({ vmid: 101, mode: 'auto' })).ok).toBe(true);
    await set(node, { function: 'vfs', values: { execQuantumMs: 20 } });
    const plan = await sriov();
    expect(plan.ok && plan.value.steps).toEqual([]);
    await all(2);
    expect([1, 2].map((vf) => text(node, `${ADMIN}/vf${vf}/profile/exec_quantum_ms`))).toEqual(['20', '20']);
    expect(node.mapping().match(/path=/g)).toHaveLength(2);
    const again = await sriov();
    expect(again.ok && again.value.steps).toEqual([]);
  });

  test('i915-sriov-dkms: quantum and timeout, and no priority', async () => {
    const node = await withVfs('raptor-lake-s', 3);
    await set(node, { function: 'vfs', values: { execQuantumMs: 16 } });
    expect([1, 2, 3].map((vf) => text(node, `${PRELIM}/vf${vf}/gt0/exec_quantum_ms`))).toEqual(['16', '16', '16']);
    const refused = await planSetVfProfile(node.context, undefined, { function: 0, values: { priority: 'high' } });
    expect(refused).toMatchObject({ ok: false, problem: { code: 'host.unsupported' } });
  });

  test('a VF that does not exist, a number that firmware cannot hold, no VFs at all', async () => {
    const node = await withVfs('panther-lake', 2);
    const one = (request: ProfileRequest) => planSetVfProfile(node.context, undefined, request);
    expect(await one({ function: 3, values: { execQuantumMs: 1 } })).toMatchObject({ problem: { code: 'vf.range' } });
    expect(await one({ function: 1, values: { execQuantumMs: 2 ** 32 } })).toMatchObject({ problem: { code: 'usage' } });
    await apply(node, await planVfRemove(node.context, {}));
    expect(await one({ function: 'vfs', values: { execQuantumMs: 1 } })).toMatchObject({ problem: { code: 'vf.none' } });
  });

  test('a driver without it', async () => {
    const node = simulated('jasper-lake');
    expect(await showVfProfile(node.context, undefined)).toMatchObject({ ok: false });
  });
});
