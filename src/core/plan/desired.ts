// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice } from '../facts/pci-facts.ts';
import { type DriverBackend, MODES, type Mode } from '../gpu/verdict.ts';
import type { Result } from '../problem.ts';
import { PROFILE_KEYS, type SchedulingProfile } from '../vf/vf-profile.ts';
import { parseStored, type StoredFormat } from './stored-format.ts';

/** What the user asked of one GPU. */
export interface DesiredGpu {
  readonly mode: Mode;
  /** How many VFs the PF shall have; absent means as many as the hardware offers. */
  readonly numVfs?: number;
  /** How PF and VFs are scheduled: `pf`, `vfs` (all of them), `vf3` (that one, before `vfs`). */
  readonly profiles?: { readonly [name: string]: SchedulingProfile };
  /** Which driver shall give SR-IOV; absent means the one that fits best. */
  readonly driver?: DriverBackend;
  /** The kernel that was asked for; absent means whichever runs. */
  readonly kernel?: string;
}

const BACKENDS: readonly DriverBackend[] = ['xe', 'i915-dkms', 'xe-dkms'];

/** What the user asked of this node, by GPU key. An absent file means: nothing yet. */
export interface Desired {
  readonly format: 1;
  readonly gpus: { readonly [gpuKey: string]: DesiredGpu };
}

const FORMAT: StoredFormat<Desired> = { name: 'the desired state', newest: 1, migrations: {}, check: checkDesired };

/** Nothing asked yet. */
export const NOTHING_DESIRED: Desired = { format: 1, gpus: {} };

/** Reads `desired.json`. */
export function parseDesired(text: string, where: string): Result<Desired> {
  return parseStored(FORMAT, text, where);
}

/**
 * Names one GPU so that another card in the same slot, or the same card in another slot, is not taken for it:
 * `0000:00:02.0 8086:a780 1043:8882`, with `-` where sysfs shows no subsystem.
 */
export function gpuKey(device: Pick<PciDevice, 'bdf' | 'vendor' | 'device' | 'subsystemVendor' | 'subsystemDevice'>): string {
  const subsystem =
    device.subsystemVendor === undefined || device.subsystemDevice === undefined
      ? '-'
      : `${device.subsystemVendor}:${device.subsystemDevice}`;
  return `${device.bdf} ${device.vendor}:${device.device} ${subsystem}`;
}

/** What is desired of one GPU, or undefined when nothing was asked. */
export function desiredOf(
  desired: Desired,
  device: Pick<PciDevice, 'bdf' | 'vendor' | 'device' | 'subsystemVendor' | 'subsystemDevice'>,
): DesiredGpu | undefined {
  const key = gpuKey(device);
  return Object.hasOwn(desired.gpus, key) ? desired.gpus[key] : undefined;
}

/**
 * The desired state with one GPU asked for, or forgotten with `undefined`. How its VFs are scheduled stays desired while the mode
 * does, unless something else is asked.
 */
export function withDesiredGpu(desired: Desired, key: string, gpu: DesiredGpu | undefined): Desired {
  const { [key]: old, ...others } = desired.gpus;
  if (gpu === undefined) return { format: 1, gpus: others };
  const kept = old?.mode === gpu.mode && old.profiles !== undefined ? { profiles: old.profiles } : {};
  return { format: 1, gpus: { ...others, [key]: { ...kept, ...gpu } } };
}

/** Checks the shape by hand: the hook reads this file and must not load a schema library for it. */
export function checkDesired(
  value: unknown,
): { readonly ok: true; readonly value: Desired } | { readonly ok: false; readonly reason: string } {
  const gpus = isObject(value) ? value.gpus : undefined;
  if (!isObject(gpus)) return { ok: false, reason: 'it lists no GPUs' };
  const checked: { [gpuKey: string]: DesiredGpu } = {};
  for (const [key, gpu] of Object.entries(gpus)) {
    if (!isObject(gpu) || !isMode(gpu.mode)) return { ok: false, reason: `the mode of ${key} is not known` };
    const { mode, numVfs, profiles, driver, kernel } = gpu;
    if (numVfs !== undefined && !isCount(numVfs)) return { ok: false, reason: `the number of VFs of ${key} is not a number` };
    if (profiles !== undefined && !isProfiles(profiles)) return { ok: false, reason: `the scheduling of ${key} is not known` };
    if (driver !== undefined && !isBackend(driver)) return { ok: false, reason: `the driver of ${key} is not known` };
    if (kernel !== undefined && typeof kernel !== 'string') return { ok: false, reason: `the kernel of ${key} is not a text` };
    checked[key] = {
      mode,
      ...(numVfs === undefined ? {} : { numVfs }),
      ...(profiles === undefined ? {} : { profiles }),
      ...(driver === undefined ? {} : { driver }),
      ...(kernel === undefined ? {} : { kernel }),
    };
  }
  return { ok: true, value: { format: 1, gpus: checked } };
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMode(value: unknown): value is Mode {
  return (MODES as readonly unknown[]).includes(value);
}

function isProfiles(value: unknown): value is NonNullable<DesiredGpu['profiles']> {
  if (!isObject(value)) return false;
  const isKnown = ([key, setting]: readonly [string, unknown]) =>
    (PROFILE_KEYS as readonly string[]).includes(key) && (typeof setting === 'number' || typeof setting === 'string');
  return Object.entries(value).every(
    ([name, settings]) => /^(pf|vfs|vf\d+)$/.test(name) && isObject(settings) && Object.entries(settings).every(isKnown),
  );
}

function isBackend(value: unknown): value is DriverBackend {
  return (BACKENDS as readonly unknown[]).includes(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
