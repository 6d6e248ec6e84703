// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem } from '../../../core/problem.ts';
import { visible } from '../../../core/text/visible.ts';
import type { Executor } from '../executor.ts';

/** Loading a module may build up hardware first. */
const LOAD_MS = 30_000;

/** Loads a module; the driver's folder in sysfs tells that it is there. */
export const loadModule: Executor<'loadModule'> = {
  needsDeviceLock: true,
  checkTells: true,
  async check({ host }, { driver }) {
    return ok((await host.stat(`/sys/bus/pci/drivers/${driver}`)).kind === 'content' ? 'already' : 'ready');
  },
  async execute({ host }, { module }) {
    const ran = await host.run(['modprobe', module], { timeoutMs: LOAD_MS });
    if (!ran.ok) return ran;
    if (ran.value.exitCode === 0) return ok(undefined);
    return problem('host.run', `The module ${module} could not be loaded: ${visible(ran.value.stderr.trim(), 200)}`, {
      hint: 'The kernel log says why: dmesg | tail.',
    });
  },
};
