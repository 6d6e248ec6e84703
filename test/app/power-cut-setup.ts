// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect } from 'vitest';
import { assertHostSetup } from '../../src/app/assert.ts';
import { planConfirmation } from '../../src/app/confirm.ts';
import { withApplyLock } from '../../src/app/engine/apply-lock.ts';
import { applyPlan } from '../../src/app/engine/apply-plan.ts';
import { newestRun } from '../../src/app/engine/journal.ts';
import { awaitsReboot, readPending } from '../../src/app/engine/pending-file.ts';
import { recover } from '../../src/app/engine/recover.ts';
import { readDesired, readLedger } from '../../src/app/engine/state-files.ts';
import { planRollback } from '../../src/app/rollback.ts';
import type { Plan } from '../../src/core/plan/action.ts';
import { isClosed } from '../../src/core/plan/journal-run.ts';
import { EMPTY_LEDGER } from '../../src/core/plan/ledger.ts';
import type { Result } from '../../src/core/problem.ts';
import type { ProgramPoint } from '../../src/simulator/host/faults.ts';
import type { Profile } from '../../src/simulator/profile.ts';
import { PowerCut } from './engine/rig.ts';
import { HOOK_STUB, Simulated } from './simulated.ts';

/** Operations that change nothing: a cut at one of them is like one at the next that does. */
const LOOKING = /^(read|readBytes|readLink|list|stat|freeSpace)$/;

/** What apt installs with build-essential, and what stays when that goes. */
const COMPILER = ['gcc', 'make', 'patch', 'dpkg-dev'];

/** A command as its face does it: what a broken run left first, then plan and apply until a plan is the whole. */
export async function command(machine: Simulated, plan: () => Promise<Result<Plan>>): Promise<void> {
  const recovered = await recover(machine.context);
  if (!recovered.ok) throw new Error(`recover: ${recovered.problem.code}: ${recovered.problem.message}`);
  for (let round = 0; round < 9; round += 1) {
    const planned = must(await plan());
    must(await applyPlan(machine.context, planned, { force: true }));
    if (planned.then === undefined) return;
  }
  throw new Error('the plans do not come to an end');
}

export function must<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.problem.code}: ${result.problem.message} ${result.problem.hint ?? ''}`);
  return result.value;
}

/** Boots again where that is awaited, and confirms it as the user does; a trial that is made to last needs another boot. */
export async function bootAndConfirm(machine: Simulated): Promise<void> {
  for (let round = 0; round < 2; round += 1) {
    if (await awaitsReboot(machine.node)) expect(await machine.node.reboot()).toEqual({ booted: true });
    await command(machine, async () => await planConfirmation(machine.context));
    if (must(await readPending(machine.node)) === null) return;
  }
  throw new Error('still something is awaited');
}

export async function rollbackAll(machine: Simulated): Promise<void> {
  await command(machine, async () => await planRollback(machine.context, { to: 'all', force: true }, { hookStub: HOOK_STUB }));
  if (must(await readPending(machine.node)) !== null) await bootAndConfirm(machine);
}

/**
 * Every file that survives a reboot and is anybody's: without our state, without the copy that initramfs-tools keeps, and without
 * what dpkg and dkms remember of packages that were here.
 */
export function files(machine: Simulated): { readonly [path: string]: string } {
  const kept = ([path]: readonly [string, string]) =>
    !path.endsWith('/') && !/^\/boot\/.*\.(dpkg-bak|bak)$/.test(path) && !/^\/var\/lib\/(dpkg|dkms)\//.test(path);
  return Object.fromEntries(Object.entries(machine.lasting()).filter(kept));
}

/** Nothing of ours is open: journal closed, no lock held, nothing mounted, and after a way back nothing remembered. */
export async function expectSettled(machine: Simulated, where: string, isEmpty: boolean): Promise<void> {
  const newest = must(await newestRun(machine.node));
  if (newest !== null) expect(isClosed(newest), `${where}: run ${newest.number} is ${newest.state}`).toBe(true);
  expect((await withApplyLock(machine.context, async () => 0)).ok, `${where}: a lock is held`).toBe(true);
  const mounts = machine.node.disks.mounts.filter(({ at }) => at.startsWith('/run/pveigpu/'));
  expect(mounts, `${where}: mounted`).toEqual([]);
  if (!isEmpty) return;
  const ledger = must(await readLedger(machine.node));
  const packages = Object.entries(ledger.packages).filter(([name]) => !COMPILER.includes(name));
  if (JSON.stringify({ ...ledger, lastRun: 0, packages: Object.fromEntries(packages) }) !== JSON.stringify(EMPTY_LEDGER))
    throw new Error(`the ledger still has ${JSON.stringify(ledger)}`);
  const modes = Object.values(must(await readDesired(machine.node)).gpus).filter(({ mode }) => mode !== 'host');
  expect(modes, `${where}: desired`).toEqual([]);
  expect(must(await readPending(machine.node)), `${where}: pending`).toBeNull();
}

/** What is done to a node while the power may go. */
export interface CutCase {
  readonly name: string;
  readonly profile: Profile;
  /** What was done before, with power. */
  readonly before?: (machine: Simulated) => Promise<void>;
  /** The command that is cut, and that is given again. */
  readonly run: (machine: Simulated) => Promise<void>;
  /** Whether a mode is in force when it is done, which `assert` must confirm. */
  readonly leavesMode: boolean;
}

/** Where a command can be cut, and how it went on. */
export interface Cut {
  readonly at: number;
  readonly reboots: boolean;
  readonly next: 'again' | 'rollback';
}

/** A node whose power goes at the n-th place since it was armed: before a changing operation, or in or after a program's write. */
function nodeCutAt(profile: Profile) {
  const state = { left: Number.POSITIVE_INFINITY, places: 0, last: '' };
  const pass = (place: string) => {
    state.places += 1;
    if (state.places <= state.left) return;
    if (state.places === state.left + 1) state.last = place;
    throw new PowerCut('cut');
  };
  const machine = new Simulated(profile, {
    faults: {
      beforeOperation: (operation, path) => {
        if (!LOOKING.test(operation)) pass(`before ${operation} ${path}`);
      },
      insideProgram: ({ program, path, torn }: ProgramPoint) => pass(`${program}: ${path}${torn ? ' half' : ''}`),
    },
  });
  return { machine, state };
}

/** Does the command once without a cut; how many places there are. */
export async function placesOf({ profile, before, run }: CutCase): Promise<number> {
  const { machine, state } = nodeCutAt(profile);
  await before?.(machine);
  state.places = 0;
  await run(machine);
  return state.places;
}

/** Cuts at one place, goes on, and looks at everything. */
export async function cutOnce(one: CutCase, { at, reboots, next }: Cut): Promise<void> {
  const { machine, state } = nodeCutAt(one.profile);
  const pristine = files(machine);
  await one.before?.(machine);
  state.places = 0;
  state.left = at;
  const end = await one.run(machine).then(
    () => undefined,
    (error: unknown) => error,
  );
  const where = `cut ${at} (${state.last}), ${reboots ? 'reboot' : 'killed'}, ${next}`;
  // A cut that the command itself survived is one in what it does after all is done.
  if (end !== undefined && !(end instanceof PowerCut) && state.last === '') throw end;
  state.left = Number.POSITIVE_INFINITY;
  try {
    if (reboots) expect(await machine.node.reboot(), where).toEqual({ booted: true });
    if (next === 'again') {
      await one.run(machine);
      await bootAndConfirm(machine);
      await expectSettled(machine, where, false);
      if (one.leavesMode) {
        const { assertions } = must(await assertHostSetup(machine.context));
        const wrong = assertions.filter(({ answer }) => answer !== 'yes');
        if (wrong.length > 0) throw new Error(`assert: ${wrong.map(({ text }) => text).join('; ')}`);
      }
    }
    await rollbackAll(machine);
    const different = differing(pristine, files(machine));
    if (different.length > 0) throw new Error(`not as before:\n${different.join('\n')}`);
    await expectSettled(machine, where, true);
    expect(await machine.node.reboot(), where).toEqual({ booted: true });
  } catch (error) {
    if (error instanceof Error && !error.message.includes(where)) error.message = `${where}: ${error.message}`;
    throw error;
  }
}

/** Paths whose bytes differ, with both from where they differ. */
export function differing(
  before: { readonly [path: string]: string },
  after: { readonly [path: string]: string },
): readonly string[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths.flatMap((path) => {
    const [was, is] = [before[path], after[path]];
    if (was === is) return [];
    if (was === undefined || is === undefined) return [`${path} ${was === undefined ? 'came' : 'is gone'}`];
    const at = [...was].findIndex((character, index) => character !== is[index]);
    const from = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 20), at < 0 ? undefined : at + 80));
    return [`${path}: ${from(was)} -> ${from(is)}`];
  });
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32, public domain). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** `count` places of `total`, one from each part of equal size; all of them where that is as many. */
export function sample(total: number, count: number, random: () => number): readonly number[] {
  if (count >= total) return Array.from({ length: total }, (_, index) => index);
  return Array.from({ length: count }, (_, part) => Math.floor(((part + random()) * total) / count));
}
