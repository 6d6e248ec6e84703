// SPDX-License-Identifier: AGPL-3.0-or-later

/** The parts of a round, in their order. */
export const ROUND_PARTS = ['create', 'assign', 'start', 'check', 'stop', 'unassign', 'destroy'] as const;

export type RoundPart = (typeof ROUND_PARTS)[number];

/** One guest made, given a VF, started, looked at and taken away again. */
export interface SelftestRound {
  readonly number: number;
  /** The VF that PVE picked, `VF 1 (0000:00:02.1)`. */
  readonly vf?: string;
  /** Milliseconds of each part that was reached. */
  readonly tookMs: { readonly [P in RoundPart]?: number };
  /** What was wrong, sentences without a full stop. */
  readonly wrong: readonly string[];
  /** What could not be looked at. */
  readonly unmeasured: readonly string[];
}

/** What a selftest came to. */
export interface SelftestResult {
  readonly asked: number;
  readonly rounds: readonly SelftestRound[];
  /** Somebody stopped it before the last round. */
  readonly stopped: boolean;
  /** What was not put back, with the command that does. */
  readonly leftOver: readonly string[];
  /** Lines of the kernel log since the start, those about graphics, VFIO and the IOMMU. */
  readonly log: readonly string[];
  /** What the machine is, `kernel: 6.17.2-1-pve`. */
  readonly machine: readonly string[];
}

export type SelftestVerdict = 'passed' | 'failed' | 'not measured';

/** Passed only when every round that was asked for was done, all of it was measured, and nothing was wrong. */
export function selftestVerdict(result: SelftestResult): SelftestVerdict {
  if (result.leftOver.length > 0 || result.rounds.some((round) => round.wrong.length > 0)) return 'failed';
  const complete = !result.stopped && result.rounds.length === result.asked;
  return complete && result.rounds.every((round) => round.unmeasured.length === 0) ? 'passed' : 'not measured';
}
