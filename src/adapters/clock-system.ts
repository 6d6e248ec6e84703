// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Clock } from '../ports/clock-log.ts';

/** The clock of this machine. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
