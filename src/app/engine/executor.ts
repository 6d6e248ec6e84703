// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ActionArgs, ActionName } from '../../core/plan/action.ts';
import type { Result } from '../../core/problem.ts';
import type { RunOptions } from '../../ports/host.ts';
import type { Context } from '../context.ts';

/** A context in which the output of long programs may be listened to. */
export interface EngineContext extends Context {
  readonly onOutput?: NonNullable<RunOptions['onOutput']>;
}

/**
 * How the machine stands to one step: `ready`, its precondition holds; `already`, its effect is there, so there is
 * nothing to do; `gone`, the attribute of a device that is not there (a step cannot be done, an undoing need not be).
 * Anything else is drift.
 */
export type Standing = 'ready' | 'already' | 'gone';

/** How one action is done. The same executor does the inverse, which is an action too. */
export interface Executor<K extends ActionName> {
  /**
   * Re-reads the precondition; `plan.drift` when the machine is neither as before the step nor as after it. `isHalfDone`
   * on the inverse of a step that began and was never confirmed: what is there may be a part of what was asked.
   */
  readonly check: (context: Context, args: ActionArgs[K], isHalfDone?: boolean) => Promise<Result<Standing>>;
  /** Completes the arguments by what only the machine knows (descriptions), right before they are journaled. */
  readonly refine?: (context: Context, args: ActionArgs[K]) => Promise<Result<ActionArgs[K]>>;
  /** Does it. Called only right after `check` said `ready`. */
  readonly execute: (context: EngineContext, args: ActionArgs[K]) => Promise<Result<void>>;
  /** Whether `check` tells afterwards that the effect is there; false where `execute` looks for itself. */
  readonly checkTells: boolean;
  /** Whether it changes devices and so needs `device.lock`. PVE's own programs are never called while that is held. */
  readonly needsDeviceLock: boolean;
  /** Whether it does nothing but run programs: on a tree of files (`--root`) it is shown and left out. */
  readonly onlyRuns?: true;
}
