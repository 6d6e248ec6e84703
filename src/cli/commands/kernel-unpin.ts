// SPDX-License-Identifier: AGPL-3.0-or-later
import { planKernelUnpin } from '../../app/kernels.ts';
import { carryOut } from '../carry-out.ts';
import type { Call } from '../command.ts';

export async function run(call: Call): Promise<number> {
  return await carryOut(call, planKernelUnpin);
}
