// SPDX-License-Identifier: AGPL-3.0-or-later
import { modeOf } from '../../gpu/select-gpu.ts';
import type { Reason } from '../../gpu/verdict.ts';
import type { DoctorCase } from '../doctor-case.ts';
import type { FindingRule, Outcome, Remedy } from '../finding.ts';
import { type GpuWish, gpuWishes } from '../gpu-wish.ts';
import { withKnown } from '../known-sections.ts';
import { asTrouble } from '../trouble.ts';

/** The Intel GPUs of which mediated devices are wanted. */
export function gvtgWishes(ground: DoctorCase): readonly GpuWish[] {
  return gpuWishes(ground).filter(({ mode }) => mode === 'gvt-g');
}

/** The reason of the verdict on GVT-g with this id. */
export function gvtgReason({ verdict }: DoctorCase, { device }: GpuWish, id: string): Reason | undefined {
  const gpu = verdict.gpus.find(({ bdf }) => bdf === device.bdf);
  return gpu === undefined ? undefined : modeOf(gpu, 'gvt-g').reasons.find((reason) => reason.id === id);
}

/** A finding that a reason of the verdict tells, where mediated devices are wanted. */
export function fromReason(
  rule: Pick<FindingRule, 'id' | 'title' | 'reference' | 'follows'>,
  reasonId: string,
  remedy: (wish: GpuWish) => Remedy,
): FindingRule {
  return {
    severity: 'error',
    ...rule,
    examine: (ground) =>
      withKnown(ground, ['pci', 'guests'], () =>
        gvtgWishes(ground).flatMap((wish): readonly Outcome[] => {
          const reason = gvtgReason(ground, wish, reasonId);
          if (reason === undefined) return [];
          return [asTrouble(reason, { subject: wish.device.bdf, also: [wish.sign], remedy: remedy(wish) })];
        }),
      ),
  };
}
