// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ActionName } from '../../core/plan/action.ts';
import { isConsumer } from '../../core/plan/consumers.ts';
import { inverseOf } from '../../core/plan/inverse.ts';
import { type JournalRun, type RunStep, withStep } from '../../core/plan/journal-run.ts';
import { ok, type Problem, type ProblemCode, type Result } from '../../core/problem.ts';
import { isForgotten, readBootId } from './boot-id.ts';
import { DeviceLock } from './device-lock.ts';
import type { EngineContext } from './executor.ts';
import { bind } from './executors.ts';
import { pruneJournal, writeRun } from './journal.ts';
import { uneditDrifted } from './unedit-drifted.ts';

/**
 * Answers on which trying again is no help: the thing is different or gone, or somebody uses it by now, who is not to be
 * disturbed for the sake of a run that failed.
 */
const FINAL: readonly ProblemCode[] = ['plan.drift', 'guest.unknown', 'host.unsupported', 'vf.in-use'];

/**
 * Takes back what a run did, newest step first, each after a look whether it is still as we left it. What was made out of files
 * (initramfs, the loader's files) is made again last, in its own order, once the files are as before. What has changed
 * since is left and noted. Fails, with the run left open for the next try, when a step cannot be taken back now
 * (a locked guest, no quorum); with `giveUp` such a step is left too. A journal that cannot be written does not stop it:
 * each step is looked at before it is taken back, so that doing this twice is harmless. What sysfs forgot at a boot since
 * is not taken back: the same value may stand there for another reason. The scripts of packages make initramfs and loader files, too, and
 * in place: after them these are made again even where the run did not come so far.
 */
export async function undoRun(context: EngineContext, run: JournalRun, giveUp: boolean): Promise<Result<JournalRun>> {
  let current: JournalRun = { ...run, state: 'undoing' };
  await writeRun(context.host, current);
  const bootId = await readBootId(context.host);
  const lock = new DeviceLock(context.host);
  const hadPackages = run.steps.some((entry) => hasBegun(entry) && PACKAGES.has(entry.step.action));
  try {
    for (const index of undoOrder(run)) {
      const entry = current.steps[index];
      if (entry === undefined) continue;
      const isDue = hadPackages && entry.state === 'planned' && isConsumer(entry.step);
      if (!isDue && !hasBegun(entry)) continue;
      const isGone = isForgotten(entry.step.action, run.bootId, bootId);
      const problem = isGone ? null : await undoStep(context, lock, entry);
      if (problem !== null && !giveUp && !FINAL.includes(problem.code)) return { ok: false, problem };
      current = problem === null ? withStep(current, index, 'undone') : withStep(current, index, 'left', problem.message);
      await writeRun(context.host, current);
    }
  } finally {
    await lock.drop();
  }
  const closed: JournalRun = { ...current, state: current.steps.some(({ state }) => state === 'left') ? 'incomplete' : 'undone' };
  const written = await writeRun(context.host, closed);
  if (!written.ok) return written;
  await pruneJournal(context.host);
  return ok(closed);
}

/** Actions that run the scripts of packages. */
const PACKAGES: ReadonlySet<ActionName> = new Set<ActionName>(['installPackage', 'removePackage']);

/** Whether a step may have had an effect. */
function hasBegun({ state }: RunStep): boolean {
  return state === 'started' || state === 'done';
}

/** Where the steps of a run stand, in the order in which they are taken back. */
function undoOrder({ steps }: JournalRun): readonly number[] {
  const consumes = (index: number) => steps[index] !== undefined && isConsumer(steps[index].step);
  const all = steps.map((_, index) => index);
  return [...all.filter((index) => !consumes(index)).reverse(), ...all.filter(consumes)];
}

async function undoStep(context: EngineContext, lock: DeviceLock, { step, state }: RunStep): Promise<Problem | null> {
  const inverse = inverseOf(step);
  if (inverse === null) return null;
  const bound = bind(inverse);
  const locked = await lock.set(bound.needsDeviceLock);
  if (!locked.ok) return locked.problem;
  const standing = await bound.check(context, state === 'started');
  // Only a step that was confirmed: of one that was cut off nobody knows whether the words are ours.
  if (!standing.ok && standing.problem.code === 'plan.drift' && step.action === 'editFile' && state === 'done')
    return await uneditDrifted(context, step.args);
  if (!standing.ok) return standing.problem;
  if (standing.value !== 'ready') return null;
  const executed = await bound.execute(context);
  return executed.ok ? null : executed.problem;
}
