// SPDX-License-Identifier: AGPL-3.0-or-later
import { planDriverInstall } from '../../app/driver.ts';
import { carryOut } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { driverOf, driverWish } from '../driver-options.ts';
import { gpuOf, textOf } from '../request.ts';

export async function run(call: Call): Promise<number> {
  const { options } = call;
  const wish = {
    ...gpuOf(options),
    ...driverOf(options),
    ...textOf(options, 'kernel', 'kernel'),
    ...driverWish(options),
    folder: process.cwd(),
  };
  return await carryOut(call, (context) => planDriverInstall(context, wish));
}
