// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../facts/section.ts';
import { modeOf } from '../gpu/select-gpu.ts';
import type { DriverBackend } from '../gpu/verdict.ts';
import { defaultRelease, runningRelease } from '../kernels/boot-kernels.ts';
import { desiredOf } from '../plan/desired.ts';
import type { SetupGround } from '../setup/setup-part.ts';
import { intelGpus } from '../vf/vf.ts';
import type { BuildFinding } from './fault-text.ts';
import { foreignDrivers, foreignRemarks } from './foreign-drivers.ts';
import { kernelOutlook } from './kernel-outlook.ts';
import { backendModule, checkOrigin, type OriginFinding } from './origin-check.ts';
import { planRepair } from './repair.ts';

/** `pveigpu driver check`. */
export interface DriverCheckView {
  readonly format: 1;
  readonly findings: readonly OriginFinding[];
  readonly unknown: readonly string[];
}

/** What a check read besides the facts. */
export interface DriverReadings {
  /** `origin_kernel` of modules whose file is compressed, by module name. */
  readonly originKernels: { readonly [module: string]: string };
  /** Why the driver is not built for a kernel, by release. */
  readonly builds: { readonly [release: string]: readonly BuildFinding[] };
}

/** The GPUs that have or shall have VFs, with the driver that gives them. */
export function gpusWithDriver({ facts, verdict, desired }: SetupGround) {
  return intelGpus(ifKnown(facts.pci) ?? { displays: [], others: [], iommuGroups: [] }).flatMap((device) => {
    const asked = desiredOf(desired, device);
    const gpu = verdict.gpus.find(({ bdf }) => bdf === device.bdf);
    const isSriov = asked?.mode === 'sriov' || (asked === undefined && (device.sriov?.vfs.length ?? 0) > 0);
    const backend: DriverBackend | undefined = asked?.driver ?? (gpu === undefined ? undefined : modeOf(gpu, 'sriov').backend);
    return isSriov && backend !== undefined ? [{ device, backend }] : [];
  });
}

/** Whether the driver that was meant runs, was built where it must be, and will be there after the next boot. */
export function driverCheckView(ground: SetupGround, { originKernels, builds }: DriverReadings): DriverCheckView {
  const { facts } = ground;
  const findings: OriginFinding[] = gpusWithDriver(ground).flatMap(({ device, backend }) =>
    checkOrigin(facts, device, backend, originKernels[backendModule(backend).module]),
  );
  const next = defaultRelease(facts);
  if (next !== undefined && next !== runningRelease(facts)) findings.push(...afterBoot(ground, next));
  for (const [release, causes] of Object.entries(builds))
    for (const { id, text, hint, evidence } of causes)
      findings.push({
        id,
        level: release === next || release === runningRelease(facts) ? 'wrong' : 'unknown',
        text,
        hint,
        evidence,
      });
  for (const { id, text, hint } of foreignRemarks(foreignDrivers(facts)))
    findings.push({ id, level: 'wrong', text, ...(hint === undefined ? {} : { hint }), evidence: [] });
  for (const { id, text } of planRepair(ground).remarks)
    findings.push({ id, level: 'wrong', text, hint: 'pveigpu driver repair', evidence: [] });
  const unknown = (['pci', 'kernel', 'modules', 'boot', 'packages'] as const).flatMap((section) => {
    const part = facts[section];
    return part.state === 'unknown' ? [`${section}: ${part.reason}`] : [];
  });
  return { format: 1, findings, unknown };
}

function afterBoot({ facts, desired }: SetupGround, release: string): readonly OriginFinding[] {
  return kernelOutlook(facts, desired, release).map(({ bdf, mode, keeps, because, todo }) => {
    if (keeps === 'yes')
      return {
        id: 'driver.next-kernel',
        level: 'good',
        text: `${bdf} keeps ${mode} under ${release}, which boots next.`,
        evidence: because,
      };
    const level = keeps === 'no' ? 'wrong' : 'unknown';
    const text = `${bdf} ${keeps === 'no' ? 'loses' : 'may lose'} ${mode} under ${release}, which boots next.`;
    return {
      id: 'driver.next-kernel',
      level,
      text,
      hint: todo.join(' ') || `pveigpu kernel pin ${runningRelease(facts) ?? ''}`.trim(),
      evidence: because,
    };
  });
}
