// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Bdf } from '../pci/address.ts';

/** What a node does with one GPU. */
export type Mode = 'host' | 'sriov' | 'gvt-g' | 'gvt-d';

export const MODES: readonly Mode[] = ['host', 'sriov', 'gvt-g', 'gvt-d'];

/** Who provides SR-IOV. */
export type DriverBackend = 'xe' | 'i915-dkms' | 'xe-dkms';

/** A line that an answer rests on: the file or log it came from and what stood there. */
export interface Evidence {
  readonly source: string;
  readonly value: string;
}

/** One reason, with a stable id such as `sriov.no-flag-for-id`. */
export interface Reason {
  readonly id: string;
  readonly text: string;
  readonly evidence: readonly Evidence[];
}

/** Whether one mode can work on this machine with this GPU, and why. */
export interface ModeVerdict {
  readonly mode: Mode;
  readonly answer: 'yes' | 'no' | 'unknown';
  /** `now`: works as the machine is; `setup`: needs `apply` (driver, options, reboot). Only with `yes`. */
  readonly readiness?: 'now' | 'setup';
  readonly reasons: readonly Reason[];
  /** What is still needed, in order, each a sentence. */
  readonly needs: readonly string[];
  /** For `sriov`: which driver gives it here, and whether that is young. */
  readonly backend?: DriverBackend;
  readonly young?: boolean;
  /** For `sriov`: how many VFs, when known. */
  readonly maxVfs?: number;
  /** VFIO driver that the VFs want. */
  readonly vfioDriver?: 'vfio-pci' | 'xe-vfio-pci';
}

export interface GpuVerdict {
  readonly bdf: Bdf;
  readonly vendor: string;
  readonly device: string;
  readonly name: string;
  readonly platform: string | null;
  readonly integrated: boolean;
  readonly driver: string | null;
  readonly modes: readonly ModeVerdict[];
  readonly recommended: Mode;
  readonly recommendedBecause: string;
}

/** The answer to "what can my machine do". */
export interface MachineVerdict {
  readonly gpus: readonly GpuVerdict[];
  /** Said when there is no Intel GPU: an F processor, or disabled in firmware, with the evidence. */
  readonly noGpu?: Reason;
  /** Remarks that hold for the whole machine, for example that VirGL gives no VA-API, or that no IOMMU is in use. */
  readonly remarks: readonly Reason[];
}
