// SPDX-License-Identifier: AGPL-3.0-or-later

import type { Bdf } from '../pci/address.ts';
import { isBdf } from '../pci/address.ts';
import type { Desired, DesiredGpu } from '../plan/desired.ts';

/** A GPU that shall have VFs after every boot. */
export interface VfGoal {
  /** As `desired.json` names it, see `gpuKey`. */
  readonly key: string;
  readonly bdf: Bdf;
  /** Absent means as many as the driver offers. */
  readonly numVfs?: number;
  /** All that is desired of it. */
  readonly wish: DesiredGpu;
}

/** What `desired.json` asks for at boot. */
export interface VfGoals {
  readonly goals: readonly VfGoal[];
  /** Keys that name no address. */
  readonly unclear: readonly string[];
}

/** The GPUs that shall have VFs; those in another mode, and those that shall have none, are left alone. */
export function vfGoals(desired: Desired): VfGoals {
  const goals: VfGoal[] = [];
  const unclear: string[] = [];
  for (const [key, wish] of Object.entries(desired.gpus)) {
    const { mode, numVfs } = wish;
    if (mode !== 'sriov' || numVfs === 0) continue;
    const [bdf = ''] = key.split(' ');
    if (isBdf(bdf)) goals.push({ key, bdf, wish, ...(numVfs === undefined ? {} : { numVfs }) });
    else unclear.push(key);
  }
  return { goals, unclear };
}
