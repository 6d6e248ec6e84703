// SPDX-License-Identifier: AGPL-3.0-or-later
import hookStub from '../../../pve-hooks/pveigpu-hook.pl';
import { planRollback } from '../../app/rollback.ts';
import { carryOutDetached } from '../carry-out-detached.ts';
import type { Call } from '../command.ts';
import { Failure } from '../print-problem.ts';
import { countOf } from '../request.ts';

export async function run(call: Call): Promise<number> {
  const { args, options } = call;
  const number = countOf(args[0], 'number of a run');
  if ((number === undefined) === (options.all !== true))
    throw new Failure({
      code: 'usage',
      message: 'Say how far to go back: the number of a run, or --all.',
      hint: 'pveigpu history lists the runs.',
    });
  const request = { to: number ?? 'all', force: options.force === true } as const;
  return await carryOutDetached(call, (context) =>
    planRollback(context, request, { hookStub, mayMount: call.options.dryRun !== true }),
  );
}
