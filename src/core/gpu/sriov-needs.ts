// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../facts/section.ts';
import { type BackendChoice, dkmsVersionFits } from './driver-backend.ts';
import { forcesProbe, givenOption, keptOff } from './given-options.ts';
import { fromCatalogue, type GpuCase, moduleState, reason } from './gpu-case.ts';
import { compareSeries, kernelSeries } from './kernel-version.ts';
import type { RunningDriver } from './running-driver.ts';
import type { Evidence, Reason } from './verdict.ts';

/** The Debian and DKMS name of the out-of-tree driver. */
export const DKMS_PACKAGE = 'i915-sriov-dkms';
/** What upstream asks for (i915-sriov-dkms README): the VFs that gen 12 hardware has. */
const DEFAULT_MAX_VFS = 7;
const INITRAMFS = 'Rebuild the initramfs (update-initramfs -u) and reboot.';

/** Reasons and needs, in order, on the way from the running driver to a backend. */
export interface SetUp {
  readonly reasons: readonly Reason[];
  readonly needs: readonly string[];
}

/** What a backend still needs on this machine when it is not the one that runs. */
export function backendSetUp(gpu: GpuCase, choice: BackendChoice, running: RunningDriver): SetUp {
  return choice.backend === 'xe' ? stockXe(gpu, choice, running) : dkms(gpu, choice, running);
}

function stockXe({ facts, entry, release }: GpuCase, choice: BackendChoice, running: RunningDriver): SetUp {
  const evidence = fromCatalogue(entry, `xe has_sriov since ${entry.sriov.xeMainlineSince}`);
  const young = choice.young ? ' It is young: xe does not officially support this platform yet.' : '';
  const text = `The xe driver of kernel ${release} has SR-IOV for this GPU, without DKMS.${young}`;
  const reasons = [reason('sriov.stock-xe', text, evidence)];
  if (choice.forceProbe) {
    const missing = [
      ...(forcesProbe(facts, 'xe', entry.device) ? [] : [`xe the option force_probe=${entry.device}`]),
      ...(keptOff(facts, 'i915', entry.device) ? [] : [`i915 the option force_probe=!${entry.device}`]),
    ];
    return { reasons, needs: [...(missing.length > 0 ? [`Give ${missing.join(' and ')}.`] : []), INITRAMFS] };
  }
  const taken = running.name === null ? 'Load xe' : `Take the GPU from ${running.name} and bind it to xe`;
  return { reasons, needs: running.name === 'xe' ? [] : [`${taken}.`] };
}

function dkms(gpu: GpuCase, choice: BackendChoice, running: RunningDriver): SetUp {
  const { facts, release = 'the running kernel' } = gpu;
  const module = choice.backend === 'xe-dkms' ? 'xe' : 'i915';
  const other = module === 'xe' ? 'i915' : 'xe';
  const tag = choice.release?.tag ?? '';
  const branch = choice.release?.branch === true;
  const what = branch ? `the branch ${tag} of ${DKMS_PACKAGE}, built by hand,` : `${DKMS_PACKAGE} ${tag}`;
  const versions = (ifKnown(facts.modules)?.dkms ?? []).filter((item) => item.name === DKMS_PACKAGE);
  const installed = versions.find((item) => item.kernels.includes(release)) ?? versions[0];
  const reasons: Reason[] = [];
  const needs: string[] = [];
  if (installed === undefined) {
    const perhaps = facts.modules.state === 'known' ? '' : ', unless they are there';
    needs.push(`Install ${what} and the headers of kernel ${release}${perhaps}.`);
  } else if (!installed.kernels.includes(release)) {
    const evidence = dkmsEvidence(
      installed.version,
      installed.kernels.length === 0 ? 'added' : `built for ${installed.kernels.join(', ')}`,
    );
    reasons.push(
      reason(
        'dkms.not-built',
        `${DKMS_PACKAGE} is there, but not built for kernel ${release}, so the stock driver runs.`,
        evidence,
      ),
    );
    const fits = dkmsVersionFits(installed.version, release) !== false;
    const build = `Install the headers of kernel ${release} and build ${DKMS_PACKAGE} ${installed.version} for it (dkms install).`;
    needs.push(fits ? build : `Replace ${DKMS_PACKAGE} ${installed.version}, which is not for kernel ${release}, by ${what}.`);
  } else {
    const own = alreadyBuilt(gpu, installed.version, module, running);
    reasons.push(...own.reasons);
    if (own.wrongBase && installed.version !== tag) needs.push(`Replace it by ${what}.`);
  }
  needs.push(...missingOptions(gpu, choice, module, other));
  if (ifKnown(ifKnown(facts.platform)?.secureBoot ?? { state: 'absent' }) === true)
    needs.push('Secure Boot is on: enrol the key of DKMS (mokutil --import /var/lib/dkms/mok.pub) before the reboot.');
  needs.push(INITRAMFS);
  return { reasons, needs };
}

/** What the module and the other driver still have to be told; what the command line or modprobe.d says already is left out. */
function missingOptions(
  { facts, entry, device }: GpuCase,
  choice: BackendChoice,
  module: string,
  other: string,
): readonly string[] {
  const maxVfs = Math.max(device.sriov?.totalVfs ?? 0, 0) || (entry.maxVfs === 'unknown' ? DEFAULT_MAX_VFS : entry.maxVfs);
  const options: string[] = [];
  if (module === 'i915') {
    if (Number(givenOption(facts, 'i915', 'enable_guc') ?? 0) !== 3) options.push('enable_guc=3');
    if (!(Number(givenOption(facts, 'i915', 'max_vfs') ?? 0) > 0)) options.push(`max_vfs=${maxVfs}`);
  } else if (choice.forceProbe && !forcesProbe(facts, 'xe', entry.device)) options.push(`force_probe=${entry.device}`);
  const give = `Give ${module} the option${options.length > 1 ? 's' : ''} ${options.join(' and ')}`;
  if (keptOff(facts, other, entry.device)) return options.length > 0 ? [`${give}.`] : [];
  return [options.length > 0 ? `${give}, and keep ${other} from loading.` : `Keep ${other} from loading.`];
}

function alreadyBuilt({ facts, release = '' }: GpuCase, version: string, module: string, running: RunningDriver) {
  const state = moduleState(facts, module);
  const base = state?.originKernel;
  const baseSeries = kernelSeries(base ?? '');
  const series = kernelSeries(release);
  if (state?.loaded === false && baseSeries !== undefined && series !== undefined && compareSeries(baseSeries, series) > 0) {
    const evidence: Evidence[] = [
      dkmsEvidence(version, `built for ${release}`),
      { source: `module file of ${module}`, value: `origin_kernel ${base}` },
    ];
    const text = `${DKMS_PACKAGE} ${version} was taken from kernel ${base}, newer than ${release}: its ${module} is not loaded and may not fit.`;
    return { reasons: [reason('dkms.other-base', text, ...evidence)], wrongBase: true };
  }
  if (running.name !== module || running.build !== 'stock') return { reasons: [], wrongBase: false };
  const text = `${DKMS_PACKAGE} ${version} is built for kernel ${release}, but the stock ${module} was loaded: the initramfs holds the old one.`;
  const evidence = [dkmsEvidence(version, `built for ${release}`), ...running.evidence];
  return { reasons: [reason('dkms.not-used', text, ...evidence)], wrongBase: false };
}

function dkmsEvidence(version: string, value: string): Evidence {
  return { source: `/var/lib/dkms/${DKMS_PACKAGE}/${version}`, value };
}
