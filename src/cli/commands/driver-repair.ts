// SPDX-License-Identifier: AGPL-3.0-or-later
import { planDriverRepair } from '../../app/driver.ts';
import { carryOut } from '../carry-out.ts';
import type { Call } from '../command.ts';

export async function run(call: Call): Promise<number> {
  return await carryOut(call, planDriverRepair);
}
