// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingRule } from '../finding.ts';

/** Findings of the area `leftover`, in the order in which they are looked for. */
export const LEFTOVER_FINDINGS: readonly FindingRule[] = [];
