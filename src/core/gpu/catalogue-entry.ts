// SPDX-License-Identifier: AGPL-3.0-or-later

/** The kernels whose xe tables were read; see the source table in `data/`. */
export type CatalogueKernel = '6.12' | '6.17' | '7.0' | '7.2' | '7.3';

export const CATALOGUE_KERNELS: readonly CatalogueKernel[] = ['6.12', '6.17', '7.0', '7.2', '7.3'];

/** `unknown` is never turned into a guess. */
export type Known<T> = T | 'unknown';

export type GvtdWay = 'legacy' | 'uefi' | 'discrete' | 'blocked';

/** What giving the whole GPU away needs of QEMU, from QEMU 10.1 and 10.2 hw/vfio/igd.c. */
export interface GvtdDetail {
  /** What QEMU 10's `igd_gen()` answers; -1 means no generation quirks. */
  readonly qemuIgdGen: number;
  /** First QEMU with OpRegion handling for it, null when older ones have some. */
  readonly qemuMin: string | null;
  /** Whether QEMU's legacy mode accepts it. */
  readonly legacyMode: Known<boolean>;
  /** Config-space offset of the stolen-memory base, null when there is none. */
  readonly stolenBaseRegister: string | null;
  /** ROM files that LongQT-sea/intel-igpu-passthru lists, preferred first; null when it lists none. */
  readonly romLongQt: Known<readonly string[] | null>;
}

/** One GPU id and what its descriptors say. Necessary, never sufficient: firmware and the running driver decide. */
export interface CatalogueEntry {
  /** Four lower-case hex digits; the vendor is always 8086. */
  readonly device: string;
  /** The name in pci.ids, null where it has none. */
  readonly name: string | null;
  /** Short platform name, for example `RPL-S`. */
  readonly platform: string;
  readonly codename: string;
  readonly cpuGeneration: string | null;
  readonly kind: 'integrated' | 'discrete';
  readonly skuHint: string | null;
  readonly gt: string | null;
  readonly graphicsGen: Known<number>;
  readonly graphicsVersion: Known<string>;
  /** Which driver tables know the id at all: Linux 7.3.4 and i915-sriov-dkms 2026.05.06. */
  readonly drivers: {
    readonly i915Mainline: boolean;
    readonly i915Dkms: boolean;
    readonly xeMainline: boolean;
    readonly xeDkms: boolean;
  };
  readonly gvtd: Known<GvtdWay>;
  readonly gvtg: Known<boolean>;
  readonly sriov: {
    /** Never true so far: stock i915 has no SR-IOV code. */
    readonly i915Mainline: boolean;
    readonly i915Dkms: boolean;
    readonly xeDkms: boolean;
    /** First kernel, `major.minor`, whose stock xe carries the flag; false for never. */
    readonly xeMainlineSince: Known<string | false>;
    /** Per kernel tree read: flag present, absent, or id not in that table (null). */
    readonly xeByKernel: { readonly [K in CatalogueKernel]: boolean | null };
  };
  /** How `xeMainlineSince` was found and which kernels were not read. */
  readonly xeMainlineNote: string | null;
  readonly xeForceProbe: {
    readonly dkms: boolean | null;
    readonly mainline: { readonly [K in CatalogueKernel]: boolean | null };
  };
  /** Documented or observed hardware maximum; `unknown` means read `sriov_totalvfs`. */
  readonly maxVfs: Known<number>;
  readonly maxVfsEvidence: string | null;
  /** The driver that VFs of this GPU want for VFIO from `vfioDriverSince` on; plain vfio-pci before. */
  readonly vfioDriver: 'vfio-pci' | 'xe-vfio-pci';
  /** First kernel with that driver for this id, null for plain vfio-pci. */
  readonly vfioDriverSince: string | null;
  /** Null for discrete cards. */
  readonly gvtdDetail: GvtdDetail | null;
  readonly audioCandidates: readonly string[];
  readonly audioBdfHint: string | null;
  readonly notes: string | null;
  readonly evidence: string;
}

/** A device that travels with a GPU: audio, ISA bridge, host bridge, management engine, ... */
export interface CatalogueCompanion {
  readonly device: string;
  readonly platforms: readonly string[];
  readonly role: string;
  readonly bdfHint: string | null;
  readonly name: string | null;
  readonly description: string;
  readonly evidence: string;
}
