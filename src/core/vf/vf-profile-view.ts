// SPDX-License-Identifier: AGPL-3.0-or-later
import { type GpuProfiles, PROFILE_KEYS, type ProfileKey } from './vf-profile.ts';

/** The scheduling of one GPU as `vf profile` shows it: a JSON value. */
export interface VfProfileView {
  readonly format: 1;
  readonly gpu: string;
  readonly offeredBy: GpuProfiles['offeredBy'];
  /** `vf` 0 is the GPU itself; a setting that is absent is not offered. */
  readonly functions: readonly ({ readonly vf: number } & { readonly [K in ProfileKey]?: string } & {
    readonly fixed: readonly ProfileKey[];
  })[];
  readonly unknown: readonly string[];
}

/** The view of what a driver offers. */
export function vfProfileView(profiles: GpuProfiles): VfProfileView {
  const functions = profiles.functions.map(({ number, settings }) => ({
    vf: number,
    ...Object.fromEntries(settings.map(({ key, value }) => [key, value])),
    fixed: [...new Set(settings.filter(({ writable }) => !writable).map(({ key }) => key))],
  }));
  return { format: 1, gpu: profiles.pf, offeredBy: profiles.offeredBy, functions, unknown: [] };
}

const HEADS: { readonly [K in ProfileKey]-?: string } = {
  execQuantumMs: 'EXEC QUANTUM',
  preemptTimeoutUs: 'PREEMPT TIMEOUT',
  priority: 'PRIORITY',
};
const UNITS: { readonly [K in ProfileKey]?: string } = { execQuantumMs: 'ms', preemptTimeoutUs: 'us' };

/** The same as rows of a table, heads first. */
export function vfProfileRows({ functions }: VfProfileView): readonly (readonly string[])[] {
  const rows = functions.map((one) => [
    one.vf === 0 ? 'GPU' : `VF ${one.vf}`,
    ...PROFILE_KEYS.map((key) => cell(key, one[key], one.fixed.includes(key))),
  ]);
  return [['FUNCTION', ...PROFILE_KEYS.map((key) => HEADS[key])], ...rows];
}

function cell(key: ProfileKey, value: string | undefined, fixed: boolean): string {
  if (value === undefined) return '-';
  const unit = UNITS[key];
  if (unit !== undefined) return value === '0' ? 'no limit' : `${value} ${unit}`;
  return fixed ? `${value} (fixed)` : value;
}
