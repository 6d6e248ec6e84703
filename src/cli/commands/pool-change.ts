// SPDX-License-Identifier: AGPL-3.0-or-later
import { planPool } from '../../app/pool.ts';
import { carryOut } from '../carry-out.ts';
import type { CommandModule } from '../command.ts';
import { gpuOf } from '../request.ts';

/** The command for one verb; they differ only in what is planned. */
export function poolCommand(verb: 'create' | 'sync' | 'remove'): CommandModule {
  return {
    run: async (call) => {
      const [id] = call.args;
      const request = { ...gpuOf(call.options), ...(id === undefined ? {} : { id }) };
      return await carryOut(call, (context) => planPool(context, verb, request));
    },
  };
}
