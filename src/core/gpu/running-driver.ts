// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ModuleState } from '../facts/kernel-facts.ts';
import { type GpuCase, logEvidence, moduleState, parameterEvidence } from './gpu-case.ts';
import type { Evidence } from './verdict.ts';

/** Which build of a driver really runs, which the file on disk does not prove: the initramfs may hold another one. */
export interface RunningDriver {
  /** Name of the bound driver, null when none is bound. */
  readonly name: string | null;
  readonly build: 'stock' | 'dkms' | 'unknown';
  readonly evidence: readonly Evidence[];
}

/** Finds out whether the bound i915 or xe is the kernel's own or the one of i915-sriov-dkms. */
export function runningDriver(gpu: Pick<GpuCase, 'facts' | 'device'>): RunningDriver {
  const name = gpu.device.driver;
  if (name !== 'i915' && name !== 'xe') return { name, build: 'unknown', evidence: [] };
  // Said by the driver itself: i915-sriov-dkms drivers/gpu/drm/i915/i915_module.c and the kernel's parameter parser.
  const banner =
    logEvidence(gpu, new RegExp(`\\b${name}: (You are using the i915-sriov-dkms|Module Homepage: .*i915-sriov-dkms)`)) ??
    // No i915 of a kernel has SR-IOV code that could say this (none up to 7.3); xe says it in both builds.
    (name === 'i915' ? logEvidence(gpu, /i915 .*(Running in SR-IOV PF mode|\bEnabled \d+ VFs)/) : undefined);
  const stock =
    name === 'i915'
      ? logEvidence(
          gpu,
          /i915: unknown parameter 'max_vfs' ignored|i915 .*driver does not support SR-IOV configuration via sysfs/,
        )
      : undefined;
  const module = moduleState(gpu.facts, name);
  const loaded = module?.loaded === true ? judgeLoaded(module) : undefined;
  if (loaded !== undefined) return { name, build: loaded.build, evidence: known([banner, stock, loaded.evidence]) };
  if (stock !== undefined) return { name, build: 'stock', evidence: [stock] };
  if (banner !== undefined) return { name, build: 'dkms', evidence: [banner] };
  return { name, ...judgeFile(module) };
}

function judgeLoaded(module: ModuleState): { build: 'stock' | 'dkms'; evidence: Evidence } | undefined {
  if (module.name === 'i915' && Object.keys(module.parameters).length > 0) {
    // Only the DKMS build has the parameter: i915-sriov-dkms drivers/gpu/drm/i915/i915_params.h.
    const value = module.parameters.max_vfs;
    return { build: value === undefined ? 'stock' : 'dkms', evidence: parameterEvidence('i915', 'max_vfs', value) };
  }
  if (module.taint === undefined) return undefined;
  const evidence = { source: `/sys/module/${module.name}/taint`, value: module.taint === '' ? 'empty' : module.taint };
  return { build: module.taint.includes('O') ? 'dkms' : 'stock', evidence };
}

function judgeFile(module: ModuleState | undefined): { build: RunningDriver['build']; evidence: readonly Evidence[] } {
  if (module === undefined) return { build: 'unknown', evidence: [] };
  const evidence = [{ source: `module file of ${module.name}`, value: module.file ?? module.origin }];
  if (module.origin === 'dkms' || module.origin === 'updates') return { build: 'dkms', evidence };
  return { build: module.origin === 'stock' || module.origin === 'builtin' ? 'stock' : 'unknown', evidence };
}

function known(items: readonly (Evidence | undefined)[]): readonly Evidence[] {
  return items.filter((item) => item !== undefined);
}
