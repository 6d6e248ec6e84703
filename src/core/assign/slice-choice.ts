// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Remark, Step } from '../plan/action.ts';
import { type Problem, problem } from '../problem.ts';
import type { VfGpu } from '../vf/vf-gpu.ts';

/** One slice as it goes into a guest: what stands for the device, what has to be done before, what to say. */
export interface SliceChoice {
  readonly title: string;
  readonly names: { readonly mapping: string } | { readonly host: string };
  readonly steps: readonly Step[];
  readonly remarks: readonly Remark[];
  /** What it means for migration; of no interest where nothing changes. */
  readonly migration: readonly Remark[];
  /** The guest has exactly this slice already. */
  readonly has: boolean;
}

/** The answer to a VF number that the GPU does not have. */
export function noSuchVf(gpu: VfGpu, number: number, count: number): { readonly ok: false; readonly problem: Problem } {
  return problem('vf.range', `${gpu.pf.bdf} has VF 1 to VF ${count}, but no VF ${number}.`, {
    hint: 'See pveigpu vf list.',
    where: gpu.pf.bdf,
  });
}
