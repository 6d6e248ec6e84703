// SPDX-License-Identifier: AGPL-3.0-or-later
import { planHostSetup } from '../../app/plan-setup.ts';
import { carryOutDetached } from '../carry-out-detached.ts';
import type { Call } from '../command.ts';
import { withAbsolutePaths } from '../driver-options.ts';
import { setupRequest } from '../setup-request.ts';

export async function run(call: Call): Promise<number> {
  const request = setupRequest(call);
  const detached = { ...call, argv: withAbsolutePaths(call.argv) };
  return await carryOutDetached(detached, (context) => planHostSetup(context, request));
}
