// SPDX-License-Identifier: AGPL-3.0-or-later

import { simulatedChanges } from '../../../core/plan/apt-simulation.ts';
import { installArgv } from '../../../core/plan/host-argv.ts';
import { installedVersions } from '../../../core/platform/dpkg-status.ts';
import { ok, problem, type Result } from '../../../core/problem.ts';
import { asksDpkg, checkFiles, readDpkgStatus } from '../dpkg.ts';
import type { Executor } from '../executor.ts';
import { roomForKernels } from '../kernel-space.ts';
import { runProgram } from '../run-program.ts';

/** Two kernels with headers over a slow line, and a DKMS build for each on a small machine. */
const INSTALL_MS = 60 * 60_000;
const SIMULATE_MS = 3 * 60_000;

/**
 * Installs packages in one run of apt, which is tried out before: one that would remove others is refused. What comes along as a
 * dependency is noted as ours as well. After a failure the packages are still known to dpkg in some state, and the
 * inverse takes them out again.
 */
export const installPackage: Executor<'installPackage'> = {
  needsDeviceLock: false,
  checkTells: true,
  onlyRuns: true,
  async check({ host }, { packages, before }) {
    const status = await readDpkgStatus(host);
    if (!status.ok) return status;
    const now = installedVersions(status.value, [...packages.map(({ name }) => name), ...Object.keys(before)]);
    if (packages.every(({ name, version }) => now[name] !== undefined && (version ?? now[name]) === now[name]))
      return ok('already');
    const drifted = packages.find(({ name }) => (now[name] ?? null) !== (before[name] ?? null) && now[name] !== undefined);
    if (drifted === undefined) return ok('ready');
    return problem('plan.drift', `The package ${drifted.name} has the version ${now[drifted.name]} by now.`, {
      hint: 'Plan again.',
    });
  },
  async refine(context, args) {
    const files = await checkFiles(context.host, args.packages);
    if (!files.ok) return files;
    const tried = await runProgram(context, installArgv(args.packages, true), {
      timeoutMs: SIMULATE_MS,
      aim: `find a way to install ${args.packages.map(({ name }) => name).join(', ')}`,
    });
    if (!tried.ok) return tried;
    const { installs, removes } = simulatedChanges(tried.value.stdout);
    if (removes.length > 0)
      return problem('plan.failed', `To install this, apt would remove ${removes.join(', ')}, so it was not done.`, {
        hint: 'Solve that by hand with apt first.',
      });
    const coming = installs.flatMap(({ name, before }) => (before === null ? [name] : []));
    const room = await roomForKernels(context, coming);
    if (!room.ok) return room;
    return ok({ ...args, before: { ...Object.fromEntries(installs.map(({ name, before }) => [name, before])), ...args.before } });
  },
  async execute(context, { packages }) {
    const aim = `install ${packages.map(({ name }) => name).join(', ')}`;
    const ran = await runProgram(context, installArgv(packages), { timeoutMs: INSTALL_MS, aim });
    return ran.ok ? await allConfigured(context) : ran;
  },
};

async function allConfigured(context: Parameters<typeof asksDpkg>[0]): Promise<Result<void>> {
  const broken = await asksDpkg(context);
  if (!broken.ok) return broken;
  if (broken.value === '') return ok(undefined);
  return problem('plan.failed', `dpkg says that not everything is installed completely: ${broken.value}`, {
    hint: 'dpkg --audit names the packages.',
  });
}
