// SPDX-License-Identifier: AGPL-3.0-or-later
import { detachedRun, newestDetached } from '../../app/engine/detached.ts';
import { refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { countOf } from '../request.ts';
import { watch } from '../watch-detached.ts';

export async function run(call: Call): Promise<number> {
  const context = await call.context();
  const number = countOf(call.args[0], 'number of a run');
  const found = number === undefined ? await newestDetached(context.host) : detachedRun(number);
  if (found !== null && (await context.host.stat(found.log)).kind === 'content') return await watch(call, context, found);
  return refuse(call, {
    code: 'usage',
    message: number === undefined ? 'No command has run detached here.' : `No detached command has the number ${number}.`,
    hint: 'pveigpu history lists all runs.',
  });
}
