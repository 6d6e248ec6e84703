// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Context } from '../app/context.ts';
import type { DetachedRun } from '../app/engine/detached.ts';
import { followDetached } from '../app/engine/follow-detached.ts';
import { visible } from '../core/text/visible.ts';
import { refuse } from './carry-out.ts';
import type { Call } from './command.ts';

/** Shows what a detached command prints until it ends; answers its exit code. */
export async function watch(call: Call, context: Context, run: DetachedRun): Promise<number> {
  const { io, options } = call;
  if (options.json !== true) io.err(`This goes on in ${run.unit} when you leave; pveigpu follow shows it again.\n`);
  let last = '';
  const code = await followDetached(context, run, (text) => {
    const lines = `${last}${text}`.split('\n');
    last = lines.pop() ?? '';
    if (lines.length > 0) io.out(lines.map((line) => `${visible(line)}\n`).join(''));
  });
  if (last !== '') io.out(`${visible(last)}\n`);
  if (code !== null) return code;
  return refuse(call, {
    code: 'plan.failed',
    message: `${run.unit} ended without saying how.`,
    hint: 'The next command that changes something takes back what was half done; pveigpu history shows it.',
    where: run.log,
  });
}
