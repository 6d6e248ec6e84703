// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Evidence, Reason } from '../gpu/verdict.ts';
import type { Remedy, Trouble } from './finding.ts';

/** A problem that a reason of the verdict tells already, with the reason's own text and evidence. */
export function asTrouble(
  reason: Reason,
  { subject, remedy, also = [] }: { readonly subject?: string; readonly remedy: Remedy; readonly also?: readonly Evidence[] },
): Trouble {
  const [first = { source: 'verdict', value: reason.id }, ...rest] = [...reason.evidence, ...also];
  return {
    state: 'problem',
    ...(subject === undefined ? {} : { subject }),
    because: reason.text,
    evidence: [first, ...rest],
    remedy,
  };
}
