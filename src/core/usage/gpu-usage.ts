// SPDX-License-Identifier: AGPL-3.0-or-later

/** How busy one engine was while it was measured. */
export interface EngineUsage {
  /** As intel_gpu_top calls it: `Render/3D`, `Video`. */
  readonly name: string;
  readonly busyPercent: number;
}

/** What a counter told of one GPU. */
export interface Measured {
  readonly engines: readonly EngineUsage[];
  readonly frequencyMHz: number | null;
  readonly powerWatts: number | null;
}

/** One measurement of one GPU. */
export interface GpuUsage extends Measured {
  readonly bdf: string;
  /** The program that measured it; null when nothing can, and `why` says why. */
  readonly source: string | null;
  readonly why: string | null;
}

/** A GPU that nothing here can measure. */
export function unmeasured(bdf: string, why: string): GpuUsage {
  return { bdf, source: null, why, engines: [], frequencyMHz: null, powerWatts: null };
}
