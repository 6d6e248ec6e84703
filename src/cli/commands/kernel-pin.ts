// SPDX-License-Identifier: AGPL-3.0-or-later
import { planKernelPin } from '../../app/kernels.ts';
import { carryOut } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { pathsOf } from '../request.ts';

export async function run(call: Call): Promise<number> {
  const [kernel = ''] = call.args;
  const files = pathsOf(call.options.deb);
  return await carryOut(call, (context) => planKernelPin(context, { kernel, files }));
}
