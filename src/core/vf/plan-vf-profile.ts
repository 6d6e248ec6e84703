// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Plan, Step } from '../plan/action.ts';
import type { DesiredGpu } from '../plan/desired.ts';
import { ok, problem, type Result } from '../problem.ts';
import {
  type FunctionProfile,
  functionName,
  type GpuProfiles,
  PROFILE_KEYS,
  type ProfileSetting,
  type SchedulingProfile,
} from './vf-profile.ts';

/** What is asked: settings for one function (0 is the GPU itself), or for all VFs. */
export interface ProfileRequest {
  readonly function: number | 'vfs';
  readonly values: SchedulingProfile;
}

/** A write of such an attribute goes to firmware, which answers within milliseconds. */
const WRITE_MS = 5000;

/** Quantum and timeout are 32-bit numbers of firmware (kernel drivers/gpu/drm/xe/abi/guc_klvs_abi.h). */
const MOST = 2 ** 32 - 1;

/**
 * Sets quotas of scheduling. They may change while guests run. What is asked is noted as desired too, since VFs that are made
 * anew have none. Fails with `vf.none`, `vf.range` and `host.unsupported` where the driver does not offer a setting.
 */
export function planVfProfile(
  profiles: GpuProfiles,
  request: ProfileRequest,
  desired: { readonly gpu: string; readonly wish: DesiredGpu },
): Result<Plan> {
  const keys = PROFILE_KEYS.filter((key) => request.values[key] !== undefined);
  const tooMuch = keys.find((key) => Number(request.values[key]) > MOST);
  if (tooMuch !== undefined) return problem('usage', `${request.values[tooMuch]} is more than the firmware takes (${MOST}).`);
  const functions = functionsOf(profiles, request.function);
  if (!functions.ok) return functions;
  const steps: Step[] = [];
  for (const one of functions.value) {
    for (const key of keys) {
      const settings = one.settings.filter((setting) => setting.key === key && setting.writable);
      if (settings.length === 0) return notOffered(profiles, one, key);
      steps.push(...settings.flatMap((setting) => stepsOf(one, setting, String(request.values[key]))));
    }
  }
  const name = request.function === 'vfs' ? 'all VFs' : functionName(request.function);
  return ok({
    title: `set how ${name} of ${profiles.pf} are scheduled`.replace(/(itself|VF \d+) of (\S+) are/, '$1 of $2 is'),
    steps,
    remarks: [],
    desired: { gpu: desired.gpu, wish: withProfile(desired.wish, request) },
  });
}

/** The wish with these settings added; those of single VFs go before those of all. */
export function withProfile(wish: DesiredGpu, request: ProfileRequest): DesiredGpu {
  const name = request.function === 'vfs' ? 'vfs' : request.function === 0 ? 'pf' : `vf${request.function}`;
  return { ...wish, profiles: { ...wish.profiles, [name]: { ...wish.profiles?.[name], ...request.values } } };
}

/** The settings that are desired of one function: those of all VFs, then its own. */
export function desiredProfile(wish: DesiredGpu, number: number): SchedulingProfile {
  const { profiles = {} } = wish;
  return number === 0 ? (profiles.pf ?? {}) : { ...profiles.vfs, ...profiles[`vf${number}`] };
}

/** The writes after which all functions are scheduled as desired; what the driver does not offer is left out. */
export function desiredProfileSteps(profiles: GpuProfiles, wish: DesiredGpu): readonly Step[] {
  return profiles.functions.flatMap((one) => {
    const wanted = desiredProfile(wish, one.number);
    return one.settings.flatMap((setting) => {
      const value = wanted[setting.key];
      return value === undefined || !setting.writable ? [] : stepsOf(one, setting, String(value));
    });
  });
}

function functionsOf(profiles: GpuProfiles, wanted: ProfileRequest['function']): Result<readonly FunctionProfile[]> {
  const vfs = profiles.functions.filter(({ number }) => number > 0);
  if (wanted === 'vfs')
    return vfs.length > 0
      ? ok(vfs)
      : problem('vf.none', `${profiles.pf} has no VFs.`, { hint: 'Make them with: pveigpu vf create' });
  const one = profiles.functions.find(({ number }) => number === wanted);
  if (one !== undefined) return ok([one]);
  return problem('vf.range', `${profiles.pf} has VFs 1 to ${vfs.length}, not ${wanted}.`);
}

function notOffered(profiles: GpuProfiles, one: FunctionProfile, key: keyof SchedulingProfile) {
  const what = { execQuantumMs: 'execution quantum', preemptTimeoutUs: 'preemption timeout', priority: 'priority' }[key];
  return problem('host.unsupported', `The driver of ${profiles.pf} lets nobody set the ${what} of ${functionName(one.number)}.`, {
    hint: 'pveigpu vf profile shows what can be set.',
    where: profiles.pf,
  });
}

function stepsOf(one: FunctionProfile, { path, value: before }: ProfileSetting, value: string): readonly Step[] {
  if (before === value) return [];
  const args = { path, value, undo: before, timeoutMs: WRITE_MS, mustBeFree: [] };
  return [{ action: 'writeSysfs', args, reason: `${functionName(one.number)}: was ${before}` }];
}
