// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Bdf } from '../pci/address.ts';

/** How firmware shares the engines among PF and VFs. */
export interface SchedulingProfile {
  /** How long one function may run before another gets its turn, milliseconds; 0 is without limit. */
  readonly execQuantumMs?: number;
  /** How long it may take to let go when its turn is over, microseconds; 0 is without limit. */
  readonly preemptTimeoutUs?: number;
  readonly priority?: Priority;
}

export type Priority = 'low' | 'normal' | 'high';

export const PRIORITIES: readonly Priority[] = ['low', 'normal', 'high'];

export type ProfileKey = keyof SchedulingProfile;

/**
 * The attribute of each setting: `sriov_admin` of xe (kernel Documentation/ABI/testing/sysfs-driver-intel-xe-sriov), `prelim_iov` of
 * i915-sriov-dkms (drivers/gpu/drm/i915/gt/iov/intel_iov_sysfs.c), which has no priority.
 */
export const PROFILE_ATTRIBUTES: { readonly [K in ProfileKey]-?: string } = {
  execQuantumMs: 'exec_quantum_ms',
  preemptTimeoutUs: 'preempt_timeout_us',
  priority: 'sched_priority',
};

export const PROFILE_KEYS: readonly ProfileKey[] = ['execQuantumMs', 'preemptTimeoutUs', 'priority'];

/** One attribute that holds one setting of one function. */
export interface ProfileSetting {
  readonly key: ProfileKey;
  readonly path: string;
  /** What the kernel says now, the bracketed word of a list. */
  readonly value: string;
  /** Whether root may write it: the priority of a VF may be fixed. */
  readonly writable: boolean;
}

/** The PF (0) or one VF (from 1), with all its settings; a GPU with two GTs has each of them twice under `prelim_iov`. */
export interface FunctionProfile {
  readonly number: number;
  readonly settings: readonly ProfileSetting[];
}

/** What the driver of one GPU offers. */
export interface GpuProfiles {
  readonly pf: Bdf;
  readonly offeredBy: 'sriov_admin' | 'prelim_iov';
  /** The PF first, then the VFs that exist. */
  readonly functions: readonly FunctionProfile[];
}

/** The value of a list such as `low [normal] high`, else the text itself. */
export function chosenWord(text: string): string {
  const trimmed = text.trim();
  return /^(?:\w+ )*\[(\w+)\](?: \w+)*$/.exec(trimmed)?.[1] ?? trimmed;
}

/** `the GPU itself` or `VF 3`. */
export function functionName(number: number): string {
  return number === 0 ? 'the GPU itself' : `VF ${number}`;
}
