// SPDX-License-Identifier: AGPL-3.0-or-later
import type { StatesByFinding } from '../doctor-state.ts';

/** Machine states for the findings of the area `mdev`. */
export const MDEV_STATES: StatesByFinding = {};
