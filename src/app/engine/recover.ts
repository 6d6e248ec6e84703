// SPDX-License-Identifier: AGPL-3.0-or-later
import { isClosed } from '../../core/plan/journal-run.ts';
import { ok, type Result } from '../../core/problem.ts';
import type { Context } from '../context.ts';
import { withApplyLock } from './apply-lock.ts';
import { commitRun } from './commit-run.ts';
import { newestRun } from './journal.ts';
import { type Recovery, reportOf } from './report.ts';
import { undoRun } from './undo-run.ts';

/**
 * Closes a run that was broken off: finishes it when all its steps were done, else takes them back. Null when there was
 * none. Fails when the journal cannot be read, or when taking back does not work now and may work later.
 */
export async function recover(context: Context): Promise<Result<Recovery | null>> {
  const newest = await newestRun(context.host);
  if (!newest.ok) return newest;
  if (newest.value === null || isClosed(newest.value)) return ok(null);
  const locked = await withApplyLock(context, async () => await recoverLocked(context, false));
  return locked.ok ? locked.value : locked;
}

/** The same with `apply.lock` held already; with `giveUp` what cannot be taken back now is left for good. */
export async function recoverLocked(context: Context, giveUp: boolean): Promise<Result<Recovery | null>> {
  const newest = await newestRun(context.host);
  if (!newest.ok) return newest;
  const run = newest.value;
  if (run === null || isClosed(run)) return ok(null);
  if (run.state === 'applied') {
    const committed = await commitRun(context, run);
    if (!committed.ok) return committed;
    context.log.info(`Run ${run.number} (${run.title}) was broken off after its last step; it is done.`);
    return ok({ ...reportOf(committed.value), outcome: 'finished' });
  }
  context.log.warn(`Run ${run.number} (${run.title}) was broken off; taking it back.`);
  const failure = run.failure ?? 'it was broken off';
  const undone = await undoRun(context, { ...run, failure }, giveUp);
  if (!undone.ok) return undone;
  return ok({ ...reportOf(undone.value), outcome: undone.value.state === 'undone' ? 'undone' : 'incomplete' });
}
