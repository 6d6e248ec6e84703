// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { moduleState } from '../gpu/gpu-case.ts';
import { compareSeries, kernelSeries } from '../gpu/kernel-version.ts';
import { runningDriver } from '../gpu/running-driver.ts';
import type { DriverBackend } from '../gpu/verdict.ts';

/** One thing that was looked at after a boot: as it must be, not so, or not to be told. */
export interface OriginFinding {
  readonly id: string;
  readonly level: 'good' | 'wrong' | 'unknown';
  readonly text: string;
  readonly hint?: string;
  readonly evidence: readonly string[];
}

/** The module of a backend, and whose build of it is meant. */
export function backendModule(backend: DriverBackend): { readonly module: 'i915' | 'xe'; readonly build: 'stock' | 'dkms' } {
  return { module: backend === 'i915-dkms' ? 'i915' : 'xe', build: backend === 'xe' ? 'stock' : 'dkms' };
}

/**
 * Whether the driver that runs is the one that was meant: its name, its build (by what it says in the kernel log and by
 * parameters that only one build has), the file that modprobe would take, and the kernel tree that its code is from.
 * `originKernel` is `origin_kernel` of the module file where facts do not have it (compressed files).
 */
export function checkOrigin(
  facts: HostFacts,
  device: PciDevice,
  backend: DriverBackend,
  originKernel?: string,
): readonly OriginFinding[] {
  const { module, build } = backendModule(backend);
  const whose = build === 'dkms' ? 'i915-sriov-dkms' : 'the kernel';
  if (device.driver !== module) {
    const text = `The GPU ${device.bdf} is bound to ${device.driver ?? 'no driver'}, not to ${module} of ${whose}.`;
    const hint = device.driver === null ? `Look why: dmesg | grep ${module}` : 'Run pveigpu plan to see what has to change.';
    return [
      { id: 'driver.not-bound', level: 'wrong', text, hint, evidence: [`driver of ${device.bdf}: ${device.driver ?? 'none'}`] },
    ];
  }
  const running = runningDriver({ facts, device });
  const evidence = running.evidence.map(({ source, value }) => `${source}: ${value}`);
  const state = moduleState(facts, module);
  const findings: OriginFinding[] = [];
  if (running.build === build)
    findings.push({ id: 'driver.runs', level: 'good', text: `${device.bdf} runs ${module} of ${whose}.`, evidence });
  else if (running.build === 'unknown') {
    const text = `Whose build of ${module} runs on ${device.bdf} is not known.`;
    findings.push({ id: 'driver.build-unknown', level: 'unknown', text, hint: 'Look at it as root: modinfo, dmesg.', evidence });
  } else findings.push(otherBuild(facts, module, build, state?.file, evidence));
  if (build === 'dkms' && running.build === 'dkms')
    findings.push(...origin(facts, module, state?.originKernel ?? originKernel, state?.file));
  return findings;
}

function otherBuild(
  facts: HostFacts,
  module: string,
  build: 'stock' | 'dkms',
  file: string | undefined,
  evidence: readonly string[],
): OriginFinding {
  const release = ifKnown(facts.kernel)?.release ?? '$(uname -r)';
  const isOnDisk = build === 'dkms' && file?.startsWith('updates/') === true;
  const text =
    build === 'dkms'
      ? `The kernel's own ${module} runs, which has no SR-IOV, instead of the one of i915-sriov-dkms.`
      : `A ${module} that is not the kernel's runs instead of the kernel's own.`;
  const hint = isOnDisk
    ? `The right file is on disk, so the initramfs holds an old one: update-initramfs -u -k ${release}, then reboot.`
    : build === 'dkms'
      ? `It is not built for ${release}: pveigpu driver check says why.`
      : 'Remove the other build: pveigpu driver remove.';
  return {
    id: 'driver.other-build',
    level: 'wrong',
    text,
    hint,
    evidence: [...evidence, `modprobe would load: ${file ?? 'unknown'}`],
  };
}

function origin(
  facts: HostFacts,
  module: string,
  originKernel: string | undefined,
  file: string | undefined,
): readonly OriginFinding[] {
  const release = ifKnown(facts.kernel)?.release;
  const series = kernelSeries(release ?? '');
  const own = kernelSeries(originKernel ?? '');
  if (release === undefined || series === undefined) return [];
  if (originKernel === undefined || own === undefined) {
    const text = `Which kernel the code of ${module} is from was not read${file === undefined ? '' : ` (${file})`}.`;
    return [{ id: 'driver.origin-unread', level: 'unknown', text, evidence: [] }];
  }
  const evidence = [`origin_kernel of ${module}: ${originKernel}`, `running: ${release}`];
  if (compareSeries(own, series) <= 0)
    return [{ id: 'driver.origin', level: 'good', text: `Its code is from kernel ${originKernel}.`, evidence }];
  // "Exec format error" where the module's base is newer than the kernel: i915-sriov-dkms issue 356. An older base is how
  // every release serves kernels after it.
  const text = `The code of ${module} is from kernel ${originKernel}, which is newer than ${release}.`;
  const hint = 'pveigpu driver list shows the release for this kernel.';
  return [{ id: 'driver.origin-newer', level: 'wrong', text, hint, evidence }];
}
