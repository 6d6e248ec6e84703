// SPDX-License-Identifier: AGPL-3.0-or-later
import { planConfirmation } from '../../app/confirm.ts';
import { carryOutDetached } from '../carry-out-detached.ts';
import type { Call } from '../command.ts';

/** Nothing is taken from anybody here, so a person who typed it is not asked again. */
export async function run(call: Call): Promise<number> {
  const { options } = call;
  const agreed: Call = options.dryRun === true ? call : { ...call, options: { ...options, yes: true } };
  return await carryOutDetached(agreed, planConfirmation);
}
