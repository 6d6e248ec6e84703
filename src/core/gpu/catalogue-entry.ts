// SPDX-License-Identifier: AGPL-3.0-or-later

/** The kernels whose xe tables were read; see the source table in `data/`. */
export type CatalogueKernel = '6.12' | '6.17' | '7.0' | '7.2' | '7.3';

/** `unknown` is never turned into a guess. */
export type Known<T> = T | 'unknown';

export type GvtdWay = 'legacy' | 'uefi' | 'discrete' | 'blocked';

/** One GPU id and what its descriptors say. Necessary, never sufficient: firmware and the running driver decide. */
export interface CatalogueEntry {
  /** Four lower-case hex digits; the vendor is always 8086. */
  readonly device: string;
  readonly name: string;
  /** Short platform name, for example `RPL-S`. */
  readonly platform: string;
  readonly codename: string;
  readonly cpuGeneration: string | null;
  readonly kind: 'integrated' | 'discrete';
  readonly skuHint: string | null;
  readonly gt: string | null;
  readonly graphicsGen: Known<number>;
  readonly graphicsVersion: Known<string>;
  /** Which driver trees know the id at all. */
  readonly drivers: {
    readonly i915Mainline: boolean;
    readonly i915Dkms: boolean;
    readonly xeMainline: boolean;
    readonly xeDkms: boolean;
  };
  readonly gvtd: Known<GvtdWay>;
  readonly gvtg: Known<boolean>;
  readonly sriov: {
    readonly i915Dkms: boolean;
    readonly xeDkms: boolean;
    /** First kernel, `major.minor`, whose stock xe carries the flag; false for never. */
    readonly xeMainlineSince: Known<string | false>;
    /** Per kernel tree read: flag present, absent, or id not in that table (null). */
    readonly xeByKernel: { readonly [K in CatalogueKernel]: boolean | null };
  };
  readonly xeForceProbe: {
    readonly dkms: boolean | null;
    readonly mainline: { readonly [K in CatalogueKernel]: boolean | null };
  };
  /** Documented or observed hardware maximum; `unknown` means read `sriov_totalvfs`. */
  readonly maxVfs: Known<number>;
  readonly maxVfsEvidence: string | null;
  /** The driver that VFs of this GPU want for VFIO. */
  readonly vfioDriver: 'vfio-pci' | 'xe-vfio-pci';
  /** First kernel with that driver for this id, null for plain vfio-pci. */
  readonly vfioDriverSince: string | null;
  readonly gvtdDetail: {
    /** What QEMU 10's `igd_gen()` answers; -1 means no generation quirks. */
    readonly qemuIgdGen: number;
    /** First QEMU with OpRegion handling for it, null when older ones have some. */
    readonly qemuMin: string | null;
    /** Everything else the source table says, unchanged. */
    readonly more: { readonly [key: string]: unknown };
  };
  readonly audioCandidates: readonly string[];
  readonly audioBdfHint: string | null;
  readonly evidence: string;
}

/** A device that travels with a GPU: audio, ISA bridge, host bridge, management engine, ... */
export interface CatalogueCompanion {
  readonly device: string;
  readonly platform: string;
  readonly role: string;
  readonly bdfHint: string | null;
  readonly name: string;
  readonly description: string;
  readonly evidence: string;
}
