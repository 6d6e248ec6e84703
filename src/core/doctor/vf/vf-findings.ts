// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingRule } from '../finding.ts';

/** Findings of the area `vf`, in the order in which they are looked for. */
export const VF_FINDINGS: readonly FindingRule[] = [];
