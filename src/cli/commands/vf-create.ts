// SPDX-License-Identifier: AGPL-3.0-or-later
import { planVfCreate } from '../../app/vf.ts';
import { carryOut } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { countOf, gpuOf } from '../request.ts';

export async function run(call: Call): Promise<number> {
  const count = countOf(call.args[0], 'number of VFs');
  const request = { ...gpuOf(call.options), ...(count === undefined ? {} : { count }) };
  return await carryOut(call, (context) => planVfCreate(context, request));
}
