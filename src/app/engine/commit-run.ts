// SPDX-License-Identifier: AGPL-3.0-or-later
import type { JournalRun } from '../../core/plan/journal-run.ts';
import { foldRun } from '../../core/plan/ledger-fold.ts';
import { ok, type Result } from '../../core/problem.ts';
import type { Context } from '../context.ts';
import { pruneJournal, writeRun } from './journal.ts';
import { readLedger, writeDesired, writeLedger } from './state-files.ts';

/** Notes that all steps of a run are done: from here on it is only ever finished, never undone. */
export async function noteApplied({ host }: Context, run: JournalRun): Promise<Result<JournalRun>> {
  const applied: JournalRun = { ...run, state: 'applied' };
  const noted = await writeRun(host, applied);
  return noted.ok ? ok(applied) : noted;
}

/**
 * Closes an applied run: ledger and desired state, then `done`. Each write is of a whole file and the ledger knows its
 * newest run, so this may be repeated.
 */
export async function commitRun({ host }: Context, run: JournalRun): Promise<Result<JournalRun>> {
  const ledger = await readLedger(host);
  if (!ledger.ok) return ledger;
  const folded = foldRun(ledger.value, run);
  if (folded !== ledger.value) {
    const written = await writeLedger(host, folded);
    if (!written.ok) return written;
  }
  if (run.desired !== undefined) {
    const written = await writeDesired(host, run.desired);
    if (!written.ok) return written;
  }
  const done: JournalRun = { ...run, state: 'done' };
  const closed = await writeRun(host, done);
  if (!closed.ok) return closed;
  await pruneJournal(host);
  return ok(done);
}
