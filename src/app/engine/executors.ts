// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ActionArgs, ActionName, Step, StepOf } from '../../core/plan/action.ts';
import { ok, type Result } from '../../core/problem.ts';
import type { Context } from '../context.ts';
import { createPool } from './actions/create-pool.ts';
import { editFile } from './actions/edit-file.ts';
import { enableUnit } from './actions/enable-unit.ts';
import { forgetGuest } from './actions/forget-guest.ts';
import { installPackage } from './actions/install-package.ts';
import { loadModule } from './actions/load-module.ts';
import { noteReboot } from './actions/note-reboot.ts';
import { pinKernel } from './actions/pin-kernel.ts';
import { refreshBoot } from './actions/refresh-boot.ts';
import { removeFile } from './actions/remove-file.ts';
import { removePackage } from './actions/remove-package.ts';
import { removePool } from './actions/remove-pool.ts';
import { runAction } from './actions/run-action.ts';
import { setGuestConfig } from './actions/set-guest-config.ts';
import { trialEntry } from './actions/trial-entry.ts';
import { updateInitramfs } from './actions/update-initramfs.ts';
import { updatePool } from './actions/update-pool.ts';
import { writeFile } from './actions/write-file.ts';
import { writeSysfs } from './actions/write-sysfs.ts';
import type { EngineContext, Executor, Standing } from './executor.ts';

/** One executor for each action; a new action without one does not compile. */
const EXECUTORS: { readonly [K in ActionName]: Executor<K> } = {
  writeFile,
  editFile,
  removeFile,
  run: runAction,
  enableUnit,
  refreshBoot,
  updateInitramfs,
  installPackage,
  removePackage,
  pinKernel,
  trialEntry,
  noteReboot,
  writeSysfs,
  loadModule,
  setGuestConfig,
  forgetGuest,
  createPool,
  updatePool,
  removePool,
};

/** A step joined with its executor, so that the caller need not know which action it is. */
export interface BoundStep {
  readonly needsDeviceLock: boolean;
  readonly checkTells: boolean;
  readonly onlyRuns: boolean;
  check(context: Context, isHalfDone?: boolean): Promise<Result<Standing>>;
  /** The step with its arguments completed by what the machine says. */
  refine(context: Context): Promise<Result<Step>>;
  execute(context: EngineContext): Promise<Result<void>>;
}

/** Joins a step with its executor. */
export function bind(step: Step): BoundStep {
  return bound(step as StepOf<ActionName>);
}

function bound<K extends ActionName>(step: {
  readonly action: K;
  readonly args: ActionArgs[K];
  readonly reason: string;
}): BoundStep {
  const executor = EXECUTORS[step.action];
  return {
    needsDeviceLock: executor.needsDeviceLock,
    checkTells: executor.checkTells,
    onlyRuns: executor.onlyRuns === true,
    check: (context, isHalfDone) => executor.check(context, step.args, isHalfDone),
    async refine(context) {
      const args = executor.refine === undefined ? ok(step.args) : await executor.refine(context, step.args);
      return args.ok ? ok({ ...step, args: args.value } as Step) : args;
    },
    execute: (context) => executor.execute(context, step.args),
  };
}
