// SPDX-License-Identifier: AGPL-3.0-or-later
import { simulatedChanges } from '../../../core/plan/apt-simulation.ts';
import { removeArgv } from '../../../core/plan/host-argv.ts';
import { presentPackages } from '../../../core/plan/present-packages.ts';
import { ok, problem } from '../../../core/problem.ts';
import { readDpkgStatus } from '../dpkg.ts';
import type { Executor } from '../executor.ts';
import { runProgram } from '../run-program.ts';

/** A kernel's removal runs all its hooks. */
const REMOVE_MS = 30 * 60_000;
const SIMULATE_MS = 3 * 60_000;

/** Removes packages that are ours, also half-installed ones; refused when others would have to go with them. */
export const removePackage: Executor<'removePackage'> = {
  needsDeviceLock: false,
  checkTells: true,
  onlyRuns: true,
  async check(context, { packages }) {
    const names = packages.map(({ name }) => name);
    const status = await readDpkgStatus(context.host);
    if (!status.ok) return status;
    const there = presentPackages(status.value, names);
    if (there.length === 0) return ok('already');
    const tried = await runProgram(
      context,
      removeArgv(
        packages.filter(({ name }) => there.includes(name)),
        true,
      ),
      {
        timeoutMs: SIMULATE_MS,
        aim: `find a way to remove ${there.join(', ')}`,
      },
    );
    if (!tried.ok) return tried;
    const others = simulatedChanges(tried.value.stdout).removes.filter((name) => !names.includes(name));
    if (others.length === 0) return ok('ready');
    return problem('plan.drift', `The packages ${others.join(', ')} need ${there.join(', ')}, so these stay installed.`, {
      hint: 'Remove them with apt when nothing needs them any more.',
    });
  },
  async execute(context, { packages }) {
    const status = await readDpkgStatus(context.host);
    if (!status.ok) return status;
    const there = presentPackages(
      status.value,
      packages.map(({ name }) => name),
    );
    const ran = await runProgram(context, removeArgv(packages.filter(({ name }) => there.includes(name))), {
      timeoutMs: REMOVE_MS,
      aim: `remove ${there.join(', ')}`,
    });
    return ran.ok ? ok(undefined) : ran;
  },
};
