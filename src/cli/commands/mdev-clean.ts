// SPDX-License-Identifier: AGPL-3.0-or-later
import { planCleanMdevs } from '../../app/mdev.ts';
import { carryOut } from '../carry-out.ts';
import type { Call } from '../command.ts';

export async function run(call: Call): Promise<number> {
  const [uuid] = call.args;
  return await carryOut(call, (context) => planCleanMdevs(context, uuid));
}
