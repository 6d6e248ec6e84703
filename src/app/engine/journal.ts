// SPDX-License-Identifier: AGPL-3.0-or-later
import { isClosed, type JournalRun, parseRun } from '../../core/plan/journal-run.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import type { Host } from '../../ports/host.ts';
import { dropContents, fillContents } from './kept-contents.ts';
import { writeState } from './state-files.ts';
import { LEDGER_FILE, STATE_DIR } from './state-paths.ts';

const FOLDER = `${STATE_DIR}/journal`;
/** Closed runs beyond this many are removed, oldest first. */
const KEPT_RUNS = 200;
/** A run of which nothing can be asked back any more, as `writeState` prints it. */
const SETTLED = /^ "state": "(done|undone)"/m;
const NAME = /^(\d{4,9})\.json$/;

/** The file of one run. */
export function runPath(number: number): string {
  return `${FOLDER}/${String(number).padStart(4, '0')}.json`;
}

/** The numbers of all runs in the journal, oldest first. */
export async function runNumbers(host: Host): Promise<Result<readonly number[]>> {
  const listed = await host.list(FOLDER);
  if (listed.kind === 'absent') return ok([]);
  if (listed.kind === 'unreadable') {
    return problem('host.read', `The journal ${FOLDER} cannot be read: ${listed.errno}.`, {
      hint: 'Run pveigpu as root.',
      where: FOLDER,
    });
  }
  const numbers = listed.value.flatMap((name) => NAME.exec(name)?.[1] ?? []).map(Number);
  return ok(numbers.sort((a, b) => a - b));
}

/** One run of the journal. Large contents of files are only named in it. */
export async function readRun(host: Host, number: number): Promise<Result<JournalRun>> {
  const path = runPath(number);
  const read = await host.read(path);
  if (read.kind === 'content') return parseRun(read.value, path);
  const why = read.kind === 'absent' ? 'it is gone' : read.errno;
  return problem('host.read', `The journal ${path} cannot be read: ${why}.`, { where: path });
}

/** The newest run, or null when there is none. Only this one can be open, since every apply closes it first; then it is whole. */
export async function newestRun(host: Host): Promise<Result<JournalRun | null>> {
  const numbers = await runNumbers(host);
  if (!numbers.ok) return numbers;
  const newest = numbers.value.at(-1);
  if (newest === undefined) return ok(null);
  const run = await readRun(host, newest);
  return run.ok && !isClosed(run.value) ? await readWhole(host, newest) : run;
}

/** Puts a run into the journal, as a whole. */
export async function writeRun(host: Host, run: JournalRun): Promise<Result<void>> {
  return await writeState(host, runPath(run.number), run);
}

/** One run with all contents of files, to finish it or to take it back. */
async function readWhole(host: Host, number: number): Promise<Result<JournalRun>> {
  const path = runPath(number);
  const read = await host.read(path);
  if (read.kind !== 'content') return problem('host.read', `The journal ${path} changed while it was read.`, { where: path });
  const text = await fillContents(host, read.value, path);
  return text.ok ? parseRun(text.value, path) : text;
}

/** Keeps the journal bounded, and the contents that it names to what may be asked back. A file that cannot be removed is left: the journal is only larger then. */
export async function pruneJournal(host: Host): Promise<void> {
  const numbers = await runNumbers(host);
  if (!numbers.ok) return;
  for (const number of numbers.value.slice(0, Math.max(0, numbers.value.length - KEPT_RUNS))) await host.remove(runPath(number));
  await dropContents(host, async () => await unsettledTexts(host, numbers.value.slice(-KEPT_RUNS)));
}

/** The ledger and the runs that are open or incomplete, as text; undefined when one cannot be read. */
async function unsettledTexts(host: Host, numbers: readonly number[]): Promise<readonly string[] | undefined> {
  const texts: string[] = [];
  for (const path of [LEDGER_FILE, ...numbers.map(runPath)]) {
    const read = await host.read(path);
    if (read.kind === 'unreadable') return undefined;
    if (read.kind === 'content' && !SETTLED.test(read.value)) texts.push(read.value);
  }
  return texts;
}
