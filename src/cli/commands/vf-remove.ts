// SPDX-License-Identifier: AGPL-3.0-or-later
import { planVfRemove } from '../../app/vf.ts';
import { carryOut } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { gpuOf } from '../request.ts';

export async function run(call: Call): Promise<number> {
  const request = { ...gpuOf(call.options), ...(call.options.forNow === true ? { forNow: true } : {}) };
  return await carryOut(call, (context) => planVfRemove(context, request));
}
