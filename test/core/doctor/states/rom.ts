// SPDX-License-Identifier: AGPL-3.0-or-later
import type { StatesByFinding } from '../doctor-state.ts';

/** Machine states for the findings of the area `rom`. */
export const ROM_STATES: StatesByFinding = {};
