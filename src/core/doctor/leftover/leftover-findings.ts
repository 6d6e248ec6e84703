// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingRule } from '../finding.ts';
import { LEFTOVERS_OF_GUIDES } from './leftovers-of-guides.ts';
import { LINES_STILL_OFF, OWN_FILES } from './of-ours.ts';
import { UNKNOWN_OPTION } from './unknown-option.ts';

/** Findings of the area `leftover`, in the order in which they are looked for. */
export const LEFTOVER_FINDINGS: readonly FindingRule[] = [...LEFTOVERS_OF_GUIDES, UNKNOWN_OPTION, OWN_FILES, LINES_STILL_OFF];
