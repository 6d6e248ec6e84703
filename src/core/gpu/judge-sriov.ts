// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../facts/section.ts';
import { no, unknownAnswer, withIommu, yes } from './answer.ts';
import { dkmsReleaseFor } from './dkms-releases.ts';
import {
  type BackendChoice,
  everHasSriov,
  kernelsWithSriov,
  sriovBackends,
  stockXeForceProbe,
  stockXeHasSriov,
  vfioDriverFor,
} from './driver-backend.ts';
import { forcesProbe } from './given-options.ts';
import { fromCatalogue, type GpuCase, logEvidence, reason } from './gpu-case.ts';
import { iommuObstacle } from './iommu.ts';
import { type RunningDriver, runningDriver } from './running-driver.ts';
import { judgeExistingVfs } from './sriov-existing.ts';
import { backendSetUp, DKMS_PACKAGE } from './sriov-needs.ts';
import { sriovObstacle } from './sriov-obstacles.ts';
import { type DriverWord, driverWord, withdrawn } from './sriov-running.ts';
import type { DriverBackend, Evidence, ModeVerdict, Reason } from './verdict.ts';

/** Whether the GPU can be split into VFs here: by id first, then firmware, then driver and kernel. */
export function judgeSriov(gpu: GpuCase): ModeVerdict {
  const running = runningDriver(gpu);
  const iommu = iommuObstacle(gpu);
  // Where VFs exist, only a proven lack of an IOMMU counts.
  if ((gpu.device.sriov?.vfs.length ?? 0) > 0)
    return withIommu(judgeExistingVfs(gpu, running), iommu?.kind === 'unknown' ? undefined : iommu);
  if (!everHasSriov(gpu.entry)) return no('sriov', refusedById(gpu));
  const obstacle = sriovObstacle(gpu);
  if (obstacle !== undefined) return no('sriov', [obstacle.reason], obstacle.needs);
  return withIommu(judgeByDriver(gpu, running), iommu);
}

function judgeByDriver(gpu: GpuCase, running: RunningDriver): ModeVerdict {
  const { release } = gpu;
  const word = driverWord(gpu, running);
  if (word.kind === 'ready') return withBackend(gpu, yes('sriov', [word.reason, ...withdrawn(gpu, word.backend)]), word.backend);
  if (word.kind === 'needs') return withBackend(gpu, yes('sriov', [word.reason], word.needs), word.backend);
  if (release === undefined) {
    const text = 'The running kernel is not known, and which driver has SR-IOV depends on it.';
    return unknownAnswer('sriov', [word.reason, reason('kernel.unknown', text)]);
  }
  const final = word.kind === 'refuses' && (running.build === 'dkms' || stockXeHasSriov(gpu.entry, release) === true);
  if (final) return no('sriov', [word.reason], word.needs);
  return bySetUp(gpu, release, running, word);
}

function bySetUp(
  gpu: GpuCase,
  release: string,
  running: RunningDriver,
  word: Exclude<DriverWord, { kind: 'ready' }>,
): ModeVerdict {
  const choices = sriovBackends(gpu.entry, release);
  const choice = preferred(gpu, choices);
  if (choice === undefined) return otherKernel(gpu, release, word.reason);
  const setUp = backendSetUp(gpu, choice, running);
  const needs =
    running.name === 'vfio-pci'
      ? ['Stop the guest that has the GPU and give it back to its driver.', ...setUp.needs]
      : setUp.needs;
  const verdict = yes(
    'sriov',
    [word.reason, ...ignored(gpu), ...setUp.reasons, ...instead(choice, choices)],
    needs.length > 0 ? needs : ['Load the driver.'],
  );
  return withBackend(gpu, verdict, choice.backend, choice.young);
}

/** Who does not want a young driver is told of the older way. */
function instead(choice: BackendChoice, choices: readonly BackendChoice[]): readonly Reason[] {
  const other = choices.find((candidate) => candidate.release !== undefined && !candidate.young);
  if (!choice.young || other?.release === undefined) return [];
  const text = `The older way is ${other.backend} with release ${other.release.tag} of ${DKMS_PACKAGE}.`;
  return [
    reason('sriov.older-way', text, {
      source: 'i915-sriov-dkms dkms.conf',
      value: `${other.release.firstKernel} to ${other.release.lastKernel}`,
    }),
  ];
}

/** The stock i915 says so itself when it was asked for VFs. */
function ignored(gpu: GpuCase): readonly Reason[] {
  const said = logEvidence(gpu, /i915: unknown parameter 'max_vfs' ignored/);
  const text = 'The option max_vfs was ignored, because only the DKMS build knows it: the stock i915 was loaded.';
  return said === undefined ? [] : [reason('sriov.max-vfs-ignored', text, said)];
}

/** Stock xe first, except where it is young and the person has installed the DKMS driver already. */
function preferred(gpu: GpuCase, choices: readonly BackendChoice[]): BackendChoice | undefined {
  const [best] = choices;
  const installed = (ifKnown(gpu.facts.modules)?.dkms ?? []).some((item) => item.name === DKMS_PACKAGE);
  if (!installed || (best?.backend === 'xe' && !best.young)) return best;
  const first = forcesProbe(gpu.facts, 'xe', gpu.entry.device) ? 'xe-dkms' : 'i915-dkms';
  return choices.find((choice) => choice.backend === first) ?? choices.find((choice) => choice.backend !== 'xe') ?? best;
}

function otherKernel(gpu: GpuCase, release: string, first: Reason): ModeVerdict {
  const wanted = kernelsWithSriov(gpu.entry).join(', or ');
  const evidence = [{ source: '/proc/sys/kernel/osrelease', value: release }, fromCatalogue(gpu.entry, 'has_sriov by kernel')];
  const dkms = dkmsReleaseFor(release);
  const newer = dkms.kind === 'newer' ? ` ${dkms.note}` : '';
  const unread = stockXeHasSriov(gpu.entry, release) === 'unknown';
  const text = unread
    ? `Whether the xe of kernel ${release} has SR-IOV for this GPU is not known.`
    : `No driver for kernel ${release} is known to have SR-IOV for this GPU.${newer}`;
  const verdict = yes('sriov', [reason('sriov.other-kernel', text, ...evidence), first], [`Boot ${wanted}.`]);
  return { ...verdict, vfioDriver: gpu.entry.vfioDriver };
}

function refusedById(gpu: GpuCase): readonly Reason[] {
  const { entry } = gpu;
  const text = `${entry.codename} has no SR-IOV in any driver, whatever is installed.`;
  const reasons = [reason('sriov.no-flag-for-id', text, fromCatalogue(entry, 'has_sriov in no table'))];
  if (entry.platform === 'LNL') {
    const readme = {
      source: 'i915-sriov-dkms README',
      value: 'Xe module currently does not support MTL and LNL. Please use i915 instead',
    };
    const wrong = 'The README of i915-sriov-dkms sends Lunar Lake to i915, but that driver does not know the id.';
    reasons.push(reason('sriov.readme-wrong', wrong, readme));
  }
  const forced = logEvidence(gpu, /Running in SR-IOV PF mode/);
  if (forced !== undefined)
    reasons.push(reason('sriov.forced', `A patched driver runs as a PF, but guests are reported to end in Code 43.`, forced));
  const installed = dkmsEvidence(gpu, forced === undefined);
  if (installed.length > 0)
    reasons.push(
      reason('sriov.dkms-in-vain', 'i915-sriov-dkms is here and cannot change that; it can be removed.', ...installed),
    );
  return reasons;
}

/** The packages, and what shows the running driver to be one; a patched driver is not known to be theirs. */
function dkmsEvidence(gpu: GpuCase, withRunning: boolean): readonly Evidence[] {
  const running = runningDriver(gpu);
  const packages = (ifKnown(gpu.facts.modules)?.dkms ?? []).filter((item) => item.name === DKMS_PACKAGE);
  const found = packages.map((item) => ({ source: `/var/lib/dkms/${item.name}`, value: item.version }));
  return withRunning && running.build === 'dkms' ? [...found, ...running.evidence] : found;
}

function withBackend(gpu: GpuCase, verdict: ModeVerdict, backend: DriverBackend, isYoung?: boolean): ModeVerdict {
  const { device, entry, release = '' } = gpu;
  const total = device.sriov?.totalVfs ?? 0;
  const maxVfs = total > 0 ? total : entry.maxVfs === 'unknown' ? undefined : entry.maxVfs;
  const young = isYoung ?? (backend === 'xe' && stockXeForceProbe(entry, release) === true);
  return { ...verdict, backend, young, vfioDriver: vfioDriverFor(entry, release), ...(maxVfs === undefined ? {} : { maxVfs }) };
}
