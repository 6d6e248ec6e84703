// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { type DriverBackend, MODES, type Mode, type ModeVerdict } from '../gpu/verdict.ts';
import { type AvailableKernel, sortedByRelease } from './available-kernel.ts';
import { defaultRelease, installedKernels, runningRelease } from './boot-kernels.ts';
import { judgeForKernel } from './judge-for-kernel.ts';

/** What one mode of one GPU would be under a kernel. */
export interface KernelMode {
  readonly mode: Mode;
  readonly answer: 'yes' | 'no' | 'unknown';
  /** With `yes`: works as soon as the kernel is booted, or needs an apply. */
  readonly readiness?: 'now' | 'setup';
  readonly backend?: DriverBackend;
  readonly young?: boolean;
  readonly because: string;
}

/** One kernel that is installed or could be. */
export interface KernelEntry {
  readonly release: string;
  readonly installed: boolean;
  readonly running: boolean;
  /** Whether the loader starts it by default. */
  readonly isDefault: boolean;
  readonly pinned: boolean;
  readonly pinnedOnce: boolean;
  readonly headers: 'installed' | 'available' | 'none' | 'unknown';
  /** Null for a kernel that is not installed. */
  readonly initramfs: boolean | null;
  readonly gpus: readonly { readonly bdf: string; readonly modes: readonly KernelMode[] }[];
}

/** The kernels of a node, newest first, each with what its GPUs could do under it. */
export interface KernelsView {
  readonly format: 1;
  readonly kernels: readonly KernelEntry[];
  readonly unknown: readonly string[];
}

/** Joins what is installed with what apt offers; `reason` says why apt could not be asked. */
export function kernelsView(facts: HostFacts, available: readonly AvailableKernel[] | { readonly reason: string }): KernelsView {
  const offered = 'reason' in available ? [] : available;
  const releases = new Set([...installedKernels(facts), ...offered].map(({ release }) => release));
  const running = runningRelease(facts);
  if (running !== undefined) releases.add(running);
  const ordered = sortedByRelease([...releases].map((release) => ({ release }))).map(({ release }) => release);
  const isAsked = !('reason' in available);
  return {
    format: 1,
    kernels: [...ordered].reverse().map((release) => entryOf(facts, release, offered, isAsked)),
    unknown: [
      ...(facts.boot.state === 'known' ? [] : [`which kernels are installed (${reasonOf(facts)})`]),
      ...('reason' in available ? [`which kernels could be installed (${available.reason})`] : []),
    ],
  };
}

function entryOf(facts: HostFacts, release: string, offered: readonly AvailableKernel[], isAsked: boolean): KernelEntry {
  const boot = ifKnown(facts.boot);
  const kernel = installedKernels(facts).find((candidate) => candidate.release === release);
  const offer = offered.find((candidate) => candidate.release === release);
  const missing = !isAsked ? 'unknown' : offer?.headers === undefined ? 'none' : 'available';
  return {
    release,
    installed: kernel !== undefined || (boot === undefined && release === runningRelease(facts)),
    running: release === runningRelease(facts),
    isDefault: release === defaultRelease(facts),
    pinned: boot?.pinned === release,
    pinnedOnce: boot?.pinnedOnce === release,
    headers: kernel?.hasHeaders === true ? 'installed' : missing,
    initramfs: kernel?.hasInitramfs ?? null,
    gpus: judgeForKernel(facts, release)
      .gpus.filter(({ vendor }) => vendor === '8086')
      .map(({ bdf, modes }) => ({
        bdf,
        modes: MODES.flatMap((mode) => modes.filter((verdict) => verdict.mode === mode).map(modeView)),
      })),
  };
}

function modeView({ mode, answer, readiness, backend, young, reasons }: ModeVerdict): KernelMode {
  return {
    mode,
    answer,
    ...(readiness === undefined ? {} : { readiness }),
    ...(backend === undefined ? {} : { backend }),
    ...(young === undefined ? {} : { young }),
    because: reasons[0]?.text ?? '',
  };
}

function reasonOf({ boot }: HostFacts): string {
  return boot.state === 'unknown' ? boot.reason : 'not looked at';
}
