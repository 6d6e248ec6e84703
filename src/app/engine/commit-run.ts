// SPDX-License-Identifier: AGPL-3.0-or-later
import type { JournalRun } from '../../core/plan/journal-run.ts';
import { foldRun } from '../../core/plan/ledger-fold.ts';
import { ok, type Result } from '../../core/problem.ts';
import type { Context } from '../context.ts';
import { pruneJournal, writeRun } from './journal.ts';
import { readLedger, writeDesired, writeLedger } from './state-files.ts';

/**
 * Closes a run whose steps are all done: journal says `applied` (from here on it is only ever finished), then ledger and
 * desired state, then `done`. Each write is of a whole file and the ledger knows its newest run, so this may be repeated.
 */
export async function commitRun(context: Context, run: JournalRun): Promise<Result<JournalRun>> {
  const { host } = context;
  const applied: JournalRun = { ...run, state: 'applied' };
  if (run.state !== 'applied') {
    const noted = await writeRun(host, applied);
    if (!noted.ok) return noted;
  }
  const ledger = await readLedger(host);
  if (!ledger.ok) return ledger;
  const folded = foldRun(ledger.value, applied);
  if (folded !== ledger.value) {
    const written = await writeLedger(host, folded);
    if (!written.ok) return written;
  }
  if (run.desired !== undefined) {
    const written = await writeDesired(host, run.desired);
    if (!written.ok) return written;
  }
  const done: JournalRun = { ...applied, state: 'done' };
  const closed = await writeRun(host, done);
  if (!closed.ok) return closed;
  await pruneJournal(host);
  return ok(done);
}
