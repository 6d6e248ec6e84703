// SPDX-License-Identifier: AGPL-3.0-or-later
import type { DriverBackend } from '../gpu/verdict.ts';
import type { DisplayWish } from '../mdev/mdev-wish.ts';
import type { Bdf } from '../pci/address.ts';

/** How the whole GPU is given to a VM: QEMU's legacy mode with a picture from the first second, or any machine and the driver's picture alone. */
export type WholeGpuWay = 'legacy' | 'upt';

/** The PF itself. */
export interface WholeGpu {
  readonly kind: 'pf';
  readonly bdf: Bdf;
  /** What is bound to it now. */
  readonly driver: string | null;
  readonly way: WholeGpuWay;
}

export interface ExportedVf {
  readonly kind: 'vf';
  /** 1 is `virtfn0`. */
  readonly number: number;
  readonly bdf: Bdf;
  readonly driver: string | null;
  /** How many VFs the GPU has now. */
  readonly count: number;
}

export interface ExportedMdev {
  readonly kind: 'mdev';
  readonly pf: Bdf;
  readonly uuid: string;
  /** Whether the kernel has it now; else it has to be made first. */
  readonly exists: boolean;
  /** `i915-GVTg_V5_4`. */
  readonly type: string;
}

/** A render node that containers share. */
export interface ExportedRender {
  readonly kind: 'render';
  /** `/dev/dri/renderD128`. */
  readonly path: string;
  readonly major: number;
  readonly minor: number;
  /** The device that it belongs to. */
  readonly bdf: Bdf;
  /** Id of the host's group `render`; null where the host has none. */
  readonly gid: number | null;
}

/** What is given away. */
export type ExportSlice = WholeGpu | ExportedVf | ExportedMdev | ExportedRender;

export type SliceKind = ExportSlice['kind'];

/** What a format is written from. Nothing in it is a guess: what is not known is null, and becomes a marked placeholder. */
export interface ExportCase {
  readonly gpu: {
    readonly bdf: Bdf;
    readonly name: string;
    /** Four hex digits. */
    readonly device: string;
    /** Graphics generation, for example 12; null when the catalogue has none. */
    readonly generation: number | null;
    /** Which driver gives VFs here; null where none does. */
    readonly backend: DriverBackend | null;
    /** Whether i915 of the kernel itself takes this id, so that xe must be told to. */
    readonly isI915s: boolean;
  };
  readonly slice: ExportSlice;
  /** Name of the guest or container; null when none was given. */
  readonly guest: string | null;
  readonly display: DisplayWish;
  /** The form that the guides use, where it differs from today's. */
  readonly asGuide: boolean;
}
