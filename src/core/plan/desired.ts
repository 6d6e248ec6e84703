// SPDX-License-Identifier: AGPL-3.0-or-later
import * as z from 'zod/mini';
import type { PciDevice } from '../facts/pci-facts.ts';
import type { Mode } from '../gpu/verdict.ts';
import type { Result } from '../problem.ts';
import { firstIssue } from './step-schema.ts';
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

/** The shape of {@link Desired}. */
export const desiredSchema = z.object({
  format: z.literal(1),
  gpus: z.record(
    z.string(),
    z.object({ mode: z.enum(['host', 'sriov', 'gvt-g', 'gvt-d']), numVfs: z.exactOptional(z.int().check(z.minimum(0))) }),
  ),
});

const FORMAT: StoredFormat<Desired> = {
  name: 'the desired state',
  newest: 1,
  migrations: {},
  check: (value) => {
    const parsed = desiredSchema.safeParse(value);
    return parsed.success ? { ok: true, value: parsed.data } : { ok: false, reason: firstIssue(parsed.error) };
  },
};

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
