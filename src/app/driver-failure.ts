// SPDX-License-Identifier: AGPL-3.0-or-later
import type { JournalRun } from '../core/plan/journal-run.ts';
import type { Problem } from '../core/problem.ts';
import type { Context } from './context.ts';
import { diagnoseBuild } from './driver-diagnosis.ts';
import { STATE_DIR } from './engine/state-paths.ts';

/** The newest log of a failed build, kept because dkms's own goes when the build is taken back. */
const KEPT_BUILD_LOG = `${STATE_DIR}/drivers/make.log`;

/**
 * Says why a driver could not be built, in the words of its log, before the build is taken back; the log is kept. Every
 * other failure stays as it is.
 */
export async function explainBuild({ host }: Pick<Context, 'host'>, run: JournalRun, problem: Problem): Promise<Problem> {
  const failed = run.steps.filter(({ state }) => state !== 'planned').pop()?.step;
  if (failed?.action !== 'run') return problem;
  const [program, verb, ...words] = failed.args.argv;
  if (program !== 'dkms' || verb !== 'build') return problem;
  const after = (flag: string) => words[words.indexOf(flag) + 1] ?? '';
  const module = { name: after('-m'), version: after('-v') };
  const [first] = await diagnoseBuild(host, module, after('-k'));
  const log = await host.read(`/var/lib/dkms/${module.name}/${module.version}/build/make.log`);
  const folder = await host.mkdir(`${STATE_DIR}/drivers`, { mode: 0o700 });
  const kept =
    log.kind === 'content' && folder.ok ? await host.writeAtomic(KEPT_BUILD_LOG, log.value, { mode: 0o600 }) : undefined;
  const where = kept?.ok === true ? { where: KEPT_BUILD_LOG } : {};
  if (first === undefined) return { ...problem, ...where };
  return { code: 'driver.build', message: `The driver could not be built. ${first.text}`, hint: first.hint, ...where };
}
