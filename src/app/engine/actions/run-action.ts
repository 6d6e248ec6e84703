// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem } from '../../../core/problem.ts';
import { checkFiles } from '../dpkg.ts';
import type { Executor } from '../executor.ts';
import { runProgram } from '../run-program.ts';
import { describeCheck, holds } from '../sysfs-check.ts';

/** Runs a program; where the step says how to see that it is done, that is looked at before and after. */
export const runAction: Executor<'run'> = {
  needsDeviceLock: false,
  checkTells: false,
  onlyRuns: true,
  async check({ host }, { done }) {
    return ok(done !== undefined && (await holds(host, done)) ? 'already' : 'ready');
  },
  async execute(context, { argv, done, input, timeoutMs }) {
    const chosen =
      input === undefined
        ? ok(undefined)
        : await checkFiles(context.host, [{ name: '', file: input.path, sha256: input.sha256 }]);
    if (!chosen.ok) return chosen;
    const ran = await runProgram(context, argv, { timeoutMs, aim: 'do its work' });
    if (!ran.ok) return ran;
    if (done === undefined || (await holds(context.host, done))) return ok(undefined);
    return problem('plan.failed', `${argv.join(' ')} ended without an error, but ${describeCheck(done)}.`);
  },
};
