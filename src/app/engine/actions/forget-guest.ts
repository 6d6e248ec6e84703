// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok } from '../../../core/problem.ts';
import type { Executor } from '../executor.ts';

/** Changes nothing on the machine: the ledger forgets the guest when the run is done. */
export const forgetGuest: Executor<'forgetGuest'> = {
  needsDeviceLock: false,
  checkTells: false,
  check: async () => ok('ready'),
  execute: async () => ok(undefined),
};
