// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { lookupGpu } from '../gpu/catalogue.ts';
import { sriovBackends } from '../gpu/driver-backend.ts';
import { modeOf } from '../gpu/select-gpu.ts';
import type { DriverBackend, Mode, ModeVerdict } from '../gpu/verdict.ts';
import type { Bdf } from '../pci/address.ts';
import { ok, problem, type Result } from '../problem.ts';
import type { SetupGround } from '../setup/setup-part.ts';
import type { AvailableKernel } from './available-kernel.ts';
import { defaultRelease, installedKernels, runningRelease } from './boot-kernels.ts';
import { findKernel } from './find-kernel.ts';
import { judgeForKernel } from './judge-for-kernel.ts';

/** What is asked of the kernel under a mode. */
export interface KernelWish {
  readonly gpu: Bdf;
  readonly mode: Mode;
  /** The kernel that somebody asked for: a release or a series. */
  readonly kernel?: string;
  /** The driver that somebody asked for. */
  readonly driver?: DriverBackend;
  /** What can be installed; empty where that is not looked at. */
  readonly available?: readonly AvailableKernel[];
}

/**
 * The kernel that a mode should run on: the one that the node boots anyway, else the running one, else the newest installed one that can
 * do it, else the newest that can be had. A kernel is never changed for a better driver alone: that is what `kernel` asks for.
 * Fails with `kernel.cannot` when none can, and when the one asked for cannot or is not to be had.
 */
export function targetKernel({ facts }: Pick<SetupGround, 'facts'>, wish: KernelWish): Result<string> {
  const available = wish.available ?? [];
  if (wish.kernel !== undefined) {
    const found = findKernel(facts, available, wish.kernel);
    if (!found.ok) return found;
    return canRun(facts, wish, found.value) ? found : refusal(facts, wish, found.value);
  }
  const installed = installedKernels(facts).map(({ release }) => release);
  const offered = available.map(({ release }) => release);
  const first = [defaultRelease(facts), runningRelease(facts)].filter((release) => release !== undefined);
  const candidates = new Set([...first, ...[...installed].reverse(), ...[...offered].reverse()]);
  for (const release of candidates) if (canRun(facts, wish, release)) return ok(release);
  const [usual] = first;
  return usual === undefined
    ? problem('facts.unknown', 'Which kernel this node runs is not known.', { hint: 'Run the command on the node itself.' })
    : refusal(facts, wish, usual);
}

/** Whether a mode, with the driver asked for if any, can run on a kernel. */
function canRun(facts: HostFacts, wish: KernelWish, release: string): boolean {
  return verdictOn(facts, wish, release)?.answer === 'yes' && hasDriver(facts, wish, release);
}

function hasDriver(facts: HostFacts, { gpu, mode, driver }: KernelWish, release: string): boolean {
  if (driver === undefined || mode !== 'sriov') return true;
  const device = ifKnown(facts.pci)?.displays.find(({ bdf }) => bdf === gpu);
  const entry = device === undefined ? undefined : lookupGpu(device.device);
  return entry !== undefined && sriovBackends(entry, release).some(({ backend }) => backend === driver);
}

function verdictOn(facts: HostFacts, { gpu, mode }: KernelWish, release: string): ModeVerdict | undefined {
  const verdict = judgeForKernel(facts, release).gpus.find(({ bdf }) => bdf === gpu);
  return verdict === undefined ? undefined : modeOf(verdict, mode);
}

function refusal(facts: HostFacts, wish: KernelWish, release: string): Result<string> {
  const { gpu, mode, driver } = wish;
  const verdict = verdictOn(facts, wish, release);
  const why =
    verdict?.answer === 'yes' && driver !== undefined
      ? `${driver} has no SR-IOV for this GPU there.`
      : (verdict?.reasons[0]?.text ?? 'Nothing is known about it.');
  const hint = verdict?.answer === 'yes' ? 'pveigpu kernel list shows which driver fits which kernel.' : verdict?.needs[0];
  return problem('kernel.cannot', `Kernel ${release} cannot do ${mode} with ${gpu}: ${why}`, {
    ...(hint === undefined ? {} : { hint }),
    where: release,
  });
}
