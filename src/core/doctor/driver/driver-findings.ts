// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingRule } from '../finding.ts';

/** Findings of the area `driver`, in the order in which they are looked for. */
export const DRIVER_FINDINGS: readonly FindingRule[] = [];
