// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice } from '../facts/pci-facts.ts';
import { MODES, type Mode } from '../gpu/verdict.ts';
import type { Result } from '../problem.ts';
import { parseStored, type StoredFormat } from './stored-format.ts';

/** What the user asked of one GPU. */
export interface DesiredGpu {
  readonly mode: Mode;
  /** How many VFs the PF shall have; absent means as many as the hardware offers. */
  readonly numVfs?: number;
}

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

/** The desired state with one GPU asked for, or forgotten with `undefined`. */
export function withDesiredGpu(desired: Desired, key: string, gpu: DesiredGpu | undefined): Desired {
  const { [key]: _old, ...others } = desired.gpus;
  return { format: 1, gpus: gpu === undefined ? others : { ...others, [key]: gpu } };
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
    const { mode, numVfs } = gpu;
    if (numVfs !== undefined && !isCount(numVfs)) return { ok: false, reason: `the number of VFs of ${key} is not a number` };
    checked[key] = { mode, ...(numVfs === undefined ? {} : { numVfs }) };
  }
  return { ok: true, value: { format: 1, gpus: checked } };
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMode(value: unknown): value is Mode {
  return (MODES as readonly unknown[]).includes(value);
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}
