// SPDX-License-Identifier: AGPL-3.0-or-later
import { planAdoption } from '../../app/adopt.ts';
import { carryOutDetached } from '../carry-out-detached.ts';
import type { Call } from '../command.ts';
import { gpuOf } from '../request.ts';

export async function run(call: Call): Promise<number> {
  const wish = { ...gpuOf(call.options), move: call.options.move === true };
  return await carryOutDetached(call, (context) => planAdoption(context, wish));
}
