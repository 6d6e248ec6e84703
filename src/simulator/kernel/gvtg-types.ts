// SPDX-License-Identifier: AGPL-3.0-or-later
import type { KernelState, SimDevice } from './state.ts';

/** One vGPU type of GVT-g (kernel drivers/gpu/drm/i915/gvt/vgpu.c). Sizes in MiB. */
export interface GvtgType {
  readonly id: string;
  readonly lowMiB: number;
  readonly highMiB: number;
  readonly fences: number;
  readonly resolution: string;
  readonly weight: number;
}

const CONFIGURATIONS = [
  { suffix: '8', lowMiB: 64, highMiB: 384, fences: 4, resolution: '1024x768', weight: 2 },
  { suffix: '4', lowMiB: 128, highMiB: 512, fences: 4, resolution: '1920x1200', weight: 4 },
  { suffix: '2', lowMiB: 256, highMiB: 1024, fences: 4, resolution: '1920x1200', weight: 8 },
  { suffix: '1', lowMiB: 512, highMiB: 2048, fences: 4, resolution: '1920x1200', weight: 16 },
] as const;

/** What the host keeps of each pool (kernel drivers/gpu/drm/i915/gvt/gvt.h). */
const HOST = { lowMiB: 128, highMiB: 384, fences: 4 };
/** The graphics address space of generation 8 and later is 4 GiB with 32 fences. */
const SPACE_MIB = 4096;
const FENCES = 32;

/** What is left of the three pools that all vGPUs of a GPU share. */
export interface GvtgPools {
  readonly lowMiB: number;
  readonly highMiB: number;
  readonly fences: number;
}

/** The pools of a GPU with nothing handed out, the host's part taken off. */
export function emptyPools(apertureMiB: number): GvtgPools {
  return { lowMiB: apertureMiB - HOST.lowMiB, highMiB: SPACE_MIB - apertureMiB - HOST.highMiB, fences: FENCES - HOST.fences };
}

/** The types that a GPU offers: those of which at least one would fit the low space. */
export function gvtgTypes(generation: number, apertureMiB: number): readonly GvtgType[] {
  const { lowMiB } = emptyPools(apertureMiB);
  return CONFIGURATIONS.filter((configuration) => lowMiB >= configuration.lowMiB).map(({ suffix, ...rest }) => ({
    id: `i915-GVTg_${generation === 8 ? 'V4' : 'V5'}_${suffix}`,
    ...rest,
  }));
}

/** How many more of a type fit now: the smallest of the three quotients. */
export function availableInstances(pools: GvtgPools, type: GvtgType): number {
  return Math.min(
    Math.floor(pools.lowMiB / type.lowMiB),
    Math.floor(pools.highMiB / type.highMiB),
    Math.floor(pools.fences / type.fences),
  );
}

/** The pools of a GPU as they are now. */
export function poolsOf(state: KernelState, device: SimDevice, types: readonly GvtgType[]): GvtgPools {
  let { lowMiB, highMiB, fences } = emptyPools(device.profile.gvtg?.apertureMiB ?? 0);
  for (const mdev of state.mdevs.values()) {
    const type = types.find((candidate) => candidate.id === mdev.type);
    if (mdev.parent !== device || type === undefined) continue;
    lowMiB -= type.lowMiB;
    highMiB -= type.highMiB;
    fences -= type.fences;
  }
  return { lowMiB, highMiB, fences };
}
