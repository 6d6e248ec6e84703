// SPDX-License-Identifier: AGPL-3.0-or-later
import type { BootFacts, InstalledKernel } from '../facts/boot-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { sortedByRelease } from './available-kernel.ts';

/** The kernels below `/boot`, oldest first; none where that is not known. */
export function installedKernels(facts: HostFacts): readonly InstalledKernel[] {
  return sortedByRelease(ifKnown(facts.boot)?.kernels ?? []);
}

/** The kernel that the loader starts by default: the pinned one where it is installed, else the newest; the running one where nothing is known. */
export function defaultRelease(facts: HostFacts): string | undefined {
  const boot: BootFacts | undefined = ifKnown(facts.boot);
  const installed = installedKernels(facts);
  const pinned = installed.find(({ release }) => release === boot?.pinned);
  return (pinned ?? installed[installed.length - 1])?.release ?? runningRelease(facts);
}

/** `uname -r`, undefined where it is not known. */
export function runningRelease(facts: HostFacts): string | undefined {
  return ifKnown(facts.kernel)?.release;
}
