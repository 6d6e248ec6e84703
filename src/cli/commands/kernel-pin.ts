// SPDX-License-Identifier: AGPL-3.0-or-later
import { resolve } from 'node:path';
import { planKernelPin } from '../../app/kernels.ts';
import { carryOut } from '../carry-out.ts';
import type { Call } from '../command.ts';

export async function run(call: Call): Promise<number> {
  const [kernel = ''] = call.args;
  const { deb } = call.options;
  const files = typeof deb === 'string' ? deb.split(',').map((path) => resolve(path)) : [];
  return await carryOut(call, (context) => planKernelPin(context, { kernel, files }));
}
