// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, type Result } from '../../core/problem.ts';
import type { Context } from '../context.ts';
import { APPLY_LOCK, RUN_DIR } from './state-paths.ts';

/** How long another apply may hold the lock before we give up. */
const APPLY_LOCK_TIMEOUT_MS = 5000;
/** A free lock is had within this time, in which a child has to start that takes it; milliseconds. */
const LOOK_MS = 2000;

/** Runs something while `apply.lock` is held; `host.locked` when another apply runs. */
export async function withApplyLock<T>(context: Context, work: () => Promise<T>): Promise<Result<T>> {
  const folder = await context.host.mkdir(RUN_DIR, { mode: 0o700 });
  if (!folder.ok) return folder;
  const lock = await context.host.lock(APPLY_LOCK, { timeoutMs: APPLY_LOCK_TIMEOUT_MS });
  if (!lock.ok) return lock;
  try {
    return ok(await work());
  } finally {
    await lock.value.release();
  }
}

/** Whether an apply of ours is at work: it holds the lock for as long as it runs. */
export async function applyRuns({ host }: Context): Promise<boolean> {
  const folder = await host.mkdir(RUN_DIR, { mode: 0o700 });
  const lock = folder.ok ? await host.lock(APPLY_LOCK, { timeoutMs: LOOK_MS }) : folder;
  if (lock.ok) await lock.value.release();
  return !lock.ok && lock.problem.code === 'host.locked';
}
