// SPDX-License-Identifier: AGPL-3.0-or-later
import { refreshArgv } from '../../../core/plan/host-argv.ts';
import { ok } from '../../../core/problem.ts';
import type { Executor } from '../executor.ts';
import { runProgram } from '../run-program.ts';

/** Looking for other systems on all disks, or filling several slow EFI system partitions. */
const REFRESH_MS = 10 * 60_000;

/** Makes the loader read its configuration and the kernels' files again. */
export const refreshBoot: Executor<'refreshBoot'> = {
  needsDeviceLock: false,
  checkTells: false,
  onlyRuns: true,
  check: async () => ok('ready'),
  async execute(context, { tool }) {
    const ran = await runProgram(context, refreshArgv(tool), { timeoutMs: REFRESH_MS, aim: 'prepare the boot loader' });
    return ran.ok ? ok(undefined) : ran;
  },
};
