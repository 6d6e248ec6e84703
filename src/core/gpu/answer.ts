// SPDX-License-Identifier: AGPL-3.0-or-later
import type { IommuObstacle } from './iommu.ts';
import type { Mode, ModeVerdict, Reason } from './verdict.ts';

/** The mode cannot work here; `needs` names what a person could change about it. */
export function no(mode: Mode, reasons: readonly Reason[], needs: readonly string[] = []): ModeVerdict {
  return { mode, answer: 'no', reasons, needs };
}

/** What was read does not allow an answer. */
export function unknownAnswer(mode: Mode, reasons: readonly Reason[], needs: readonly string[] = []): ModeVerdict {
  return { mode, answer: 'unknown', reasons, needs };
}

/** The mode works: at once when nothing is needed, else after set-up. */
export function yes(mode: Mode, reasons: readonly Reason[], needs: readonly string[] = []): ModeVerdict {
  return { mode, answer: 'yes', readiness: needs.length === 0 ? 'now' : 'setup', reasons, needs };
}

/** Adds what the IOMMU lacks to an answer; firmware that offers none turns a yes into a no. */
export function withIommu(verdict: ModeVerdict, obstacle: IommuObstacle | undefined): ModeVerdict {
  if (obstacle === undefined || verdict.answer !== 'yes') return verdict;
  const reasons = [obstacle.reason, ...verdict.reasons];
  const needs = [obstacle.need, ...verdict.needs];
  if (obstacle.kind === 'parameter') return { ...verdict, readiness: 'setup', reasons, needs };
  const { readiness: _, ...rest } = verdict;
  return { ...rest, answer: obstacle.kind === 'firmware' ? 'no' : 'unknown', reasons, needs };
}
