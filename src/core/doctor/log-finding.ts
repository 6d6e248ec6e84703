// SPDX-License-Identifier: AGPL-3.0-or-later
import { logLines } from '../gpu/gpu-case.ts';
import type { Mode } from '../gpu/verdict.ts';
import type { FindingRule, Outcome } from './finding.ts';
import { type GpuWish, gpuWishes } from './gpu-wish.ts';

/** A finding that rests on what the kernel said of a GPU that is wanted for something. */
export interface LogFinding extends Omit<FindingRule, 'examine'> {
  readonly pattern: RegExp;
  /** Lines that have to match before it is a problem; default 1. */
  readonly atLeast?: number;
  /** Only where the GPU is wanted for one of these; default all but `host`. */
  readonly modes?: readonly Mode[];
  /** One sentence; gets the number of lines that matched. */
  readonly because: (wish: GpuWish, count: number) => string;
  readonly remedy: string;
}

const FOR_GUESTS: readonly Mode[] = ['sriov', 'gvt-g', 'gvt-d'];

/** The rule of such a finding: once for each GPU, with the last line that matches as evidence. */
export function logFinding({ pattern, atLeast = 1, modes = FOR_GUESTS, because, remedy, ...rule }: LogFinding): FindingRule {
  return {
    ...rule,
    examine: (ground) => {
      const seen = new Set<string>();
      return gpuWishes(ground).flatMap((wish): readonly Outcome[] => {
        const { bdf } = wish.device;
        const lines = modes.includes(wish.mode) && !seen.has(bdf) ? logLines(wish).filter((line) => pattern.test(line)) : [];
        const last = lines.at(-1);
        if (last === undefined || lines.length < atLeast) return [];
        seen.add(bdf);
        const evidence = [{ source: 'kernel log', value: last.trim() }, wish.sign] as const;
        return [{ state: 'problem', subject: bdf, because: because(wish, lines.length), evidence, remedy: { text: remedy } }];
      });
    },
  };
}
