// SPDX-License-Identifier: AGPL-3.0-or-later
import { judge } from '../core/gpu/judge.ts';
import type { Bdf } from '../core/pci/address.ts';
import type { Plan } from '../core/plan/action.ts';
import { desiredOf, gpuKey } from '../core/plan/desired.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import { type ProfileRequest, planVfProfile } from '../core/vf/plan-vf-profile.ts';
import { gpuForVfs } from '../core/vf/vf-gpu.ts';
import type { GpuProfiles } from '../core/vf/vf-profile.ts';
import type { Context } from './context.ts';
import { readDesired } from './engine/state-files.ts';
import { senseForPlan } from './guest-ground.ts';
import { readProfiles } from './vf/read-profiles.ts';

/** The scheduling of the PF and the VFs of a GPU. Fails with `host.unsupported` where its driver offers none. */
export async function showVfProfile(context: Context, gpu: Bdf | undefined): Promise<Result<GpuProfiles>> {
  const ground = await profileGround(context, gpu);
  return ground.ok ? ok(ground.value.profiles) : ground;
}

/** Plans other quotas of scheduling; nothing is written. */
export async function planSetVfProfile(context: Context, gpu: Bdf | undefined, request: ProfileRequest): Promise<Result<Plan>> {
  const ground = await profileGround(context, gpu);
  if (!ground.ok) return ground;
  const { profiles, key, wish } = ground.value;
  return planVfProfile(profiles, request, { gpu: key, wish });
}

async function profileGround(context: Context, wanted: Bdf | undefined) {
  const facts = await senseForPlan(context);
  const gpu = gpuForVfs(facts, judge(facts), wanted);
  if (!gpu.ok) return gpu;
  const { pf, vfs } = gpu.value;
  const profiles = await readProfiles(context.host, pf.bdf, vfs.length);
  if (profiles === undefined) return notOffered(pf.bdf, pf.driver);
  const desired = await readDesired(context.host);
  if (!desired.ok) return desired;
  const wish = desiredOf(desired.value, pf) ?? { mode: 'sriov' as const, numVfs: vfs.length };
  return ok({ profiles, key: gpuKey(pf), wish });
}

function notOffered(bdf: Bdf, driver: string | null) {
  return problem('host.unsupported', `The driver of ${bdf} (${driver ?? 'none'}) offers no scheduling of VFs here.`, {
    hint: 'xe does from kernel 6.19 (sriov_admin), i915-sriov-dkms with prelim_iov; the firmware shares the GPU fairly without it.',
    where: bdf,
  });
}
