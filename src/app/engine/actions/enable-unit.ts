// SPDX-License-Identifier: AGPL-3.0-or-later
import { enableArgv } from '../../../core/plan/host-argv.ts';
import { ok } from '../../../core/problem.ts';
import type { Executor } from '../executor.ts';
import { runProgram } from '../run-program.ts';

/** systemctl reads unit files only. */
const SYSTEMCTL_MS = 60_000;

/** Makes systemd start a unit at boot, or no longer; it is neither started nor stopped. */
export const enableUnit: Executor<'enableUnit'> = {
  needsDeviceLock: false,
  checkTells: true,
  onlyRuns: true,
  async check({ host }, { unit, enabled }) {
    // Exit 0 for enabled; 1, or 4 for a unit that is not there, for everything else (systemctl(1)).
    const asked = await host.run(['systemctl', 'is-enabled', unit], { timeoutMs: SYSTEMCTL_MS });
    if (!asked.ok) return asked;
    return ok((asked.value.stdout.trim() === 'enabled') === enabled ? 'already' : 'ready');
  },
  async execute(context, args) {
    const aim = `${args.enabled ? 'enable' : 'disable'} ${args.unit}`;
    const ran = await runProgram(context, enableArgv(args), { timeoutMs: SYSTEMCTL_MS, aim });
    return ran.ok ? ok(undefined) : ran;
  },
};
