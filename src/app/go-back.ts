// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Step } from '../core/plan/action.ts';
import type { PendingReboot } from '../core/plan/pending-reboot.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import { carryOutPlan } from './carry-out-plan.ts';
import type { Context } from './context.ts';
import { readRun, runNumbers } from './engine/journal.ts';
import { writePending } from './engine/pending-file.ts';
import { planRollback } from './rollback.ts';

/** For the confirmation of a set-up and the way back from it, which nobody watches. */
export const UNATTENDED = { force: true, rounds: 6 } as const;

/**
 * Takes back all that was set up for the boot that a note awaits. The note is marked first, so that a next boot does not do it
 * again, whatever becomes of this. Fails with `plan.failed` when the journal does not tell which run it was.
 */
export async function takeBack(
  context: Context,
  pending: PendingReboot,
  options: { readonly hookStub: string },
): Promise<Result<void>> {
  const marked = await writePending(context.host, { ...pending, wayBack: true });
  if (!marked.ok) return marked;
  const to = await firstSetup(context, pending);
  if (to === undefined)
    return problem('plan.failed', 'Which run set the node up is not known any more, so nothing was taken back.', {
      hint: 'See pveigpu history.',
    });
  const back = async () => {
    const planned = await planRollback(context, { to, force: true }, options);
    return planned.ok ? ok({ ...planned.value, steps: planned.value.steps.map(withMark) }) : planned;
  };
  return await carryOutPlan(context, back, UNATTENDED);
}

/** What is awaited of the boot after the way back carries the mark too. */
function withMark(step: Step): Step {
  if (step.action !== 'noteReboot' || step.args.pending === null) return step;
  return { ...step, args: { ...step.args, pending: { ...step.args.pending, wayBack: true } } };
}

/** The oldest of the runs that await the same boot: none of them was ever confirmed. */
async function firstSetup({ host }: Context, pending: PendingReboot): Promise<number | undefined> {
  const numbers = await runNumbers(host);
  let first: number | undefined;
  for (const number of numbers.ok ? [...numbers.value].sort((a, b) => b - a) : []) {
    const run = await readRun(host, number);
    if (!run.ok || run.value.state !== 'done') continue;
    const noted = run.value.steps.flatMap(({ step }) => (step.action === 'noteReboot' ? [step.args.pending] : []));
    if (noted.some((one) => one !== null) && run.value.bootId === (pending.bootId ?? undefined)) first = number;
    else if (noted.length > 0) break;
  }
  return first;
}
