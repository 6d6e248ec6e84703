// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingRule } from '../finding.ts';

/** Findings of the area `container`, in the order in which they are looked for. */
export const CONTAINER_FINDINGS: readonly FindingRule[] = [];
