// SPDX-License-Identifier: AGPL-3.0-or-later
import hookStub from '../../../pve-hooks/pveigpu-hook.pl';
import { planUnassign } from '../../app/unassign.ts';
import { carryOut } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { vmidOf } from '../request.ts';

export async function run(call: Call): Promise<number> {
  const request = { vmid: vmidOf(call), force: call.options.force === true };
  return await carryOut(call, (context) => planUnassign(context, request, { hookStub, mayMount: call.options.dryRun !== true }));
}
