// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { kernelSeries } from '../gpu/kernel-version.ts';
import { cutOff } from '../preflight/preflight-remarks.ts';
import { ok, problem, type Result } from '../problem.ts';
import { visible } from '../text/visible.ts';
import type { AvailableKernel } from './available-kernel.ts';
import { installedKernels } from './boot-kernels.ts';

/**
 * The release that somebody names: `6.17.9-1-pve`, the same without `-pve`, or a series such as `6.17`, of which the newest installed one counts, else the
 * newest that can be had. Fails with `kernel.cannot` for a kernel that is neither installed nor offered.
 */
export function findKernel(facts: HostFacts, available: readonly AvailableKernel[], wanted: string): Result<string> {
  const installed = installedKernels(facts).map(({ release }) => release);
  const offered = available.map(({ release }) => release);
  const fits = (release: string) =>
    release === wanted || release === `${wanted}-pve` || (/^\d+\.\d+$/.test(wanted) && kernelSeries(release) === wanted);
  const found = installed.filter(fits).pop() ?? offered.filter(fits).pop();
  if (found !== undefined) return ok(found);
  const name = visible(wanted, 80);
  const packages = ifKnown(facts.packages);
  const trouble = packages === undefined ? undefined : cutOff(packages);
  const usual = 'pveigpu kernel list --all shows what can be had; package files of it can be given with --deb.';
  return problem('kernel.cannot', `Kernel ${name} is not installed and not in your repositories.`, {
    hint: trouble === undefined ? usual : `${trouble.text} ${trouble.hint}`,
    where: name,
  });
}
