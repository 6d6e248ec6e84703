// SPDX-License-Identifier: AGPL-3.0-or-later
import hookStub from '../../../pve-hooks/pveigpu-hook.pl';
import { planConfirmation } from '../../app/confirm.ts';
import { confirmAuto } from '../../app/confirm-auto.ts';
import { carryOutDetached } from '../carry-out-detached.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';

/** With `--auto`, which is for the unit, it waits for a healthy node and goes back when it stays unhealthy. Nothing is taken from anybody here, so a person who typed it is not asked again. */
export async function run(call: Call): Promise<number> {
  const { options } = call;
  if (options.auto === true) {
    const answer = await confirmAuto(await call.context(), { hookStub });
    return answer === 'failed' ? EXIT.failed : EXIT.done;
  }
  const agreed: Call = options.dryRun === true ? call : { ...call, options: { ...options, yes: true } };
  return await carryOutDetached(agreed, planConfirmation);
}
