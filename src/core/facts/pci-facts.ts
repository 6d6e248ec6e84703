// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Bdf } from '../pci/address.ts';
import type { Reading } from './section.ts';

/** Ids as four lower-case hex digits without `0x`. */
export interface PciIds {
  readonly vendor: string;
  readonly device: string;
  /** Absent where sysfs shows none. */
  readonly subsystemVendor?: string;
  readonly subsystemDevice?: string;
}

/**
 * One memory or I/O window of a device, from the sysfs file `resource`. Addresses are hex texts with `0x` and without leading
 * zeros, since they exceed 2^53: `BigInt(start)` reads them. `0x0` says that firmware and kernel gave the window no address.
 */
export interface PciBar {
  /** 0..5 the device's own, 6 the ROM, 7..12 the VF BARs of a PF. */
  readonly index: number;
  readonly start: string;
  readonly sizeBytes: number;
}

/** What a PF says of SR-IOV. VFs are counted by `virtfnN`; `sriov_numvfs` is never read, because reading it can hang. */
export interface SriovFacts {
  readonly totalVfs: number;
  readonly offset?: number;
  readonly stride?: number;
  readonly vfDevice?: string;
  /** `sriov_drivers_autoprobe`; absent on kernels without it. */
  readonly driversAutoprobe?: boolean;
  /** `virtfnN` links in index order; index 0 is VF 1. */
  readonly vfs: readonly { readonly index: number; readonly bdf: Bdf }[];
}

/** A mediated device type that a parent offers, with its parsed description. */
export interface MdevType {
  readonly id: string;
  readonly name?: string;
  readonly availableInstances: number;
  readonly deviceApi?: string;
  readonly description: string;
  readonly lowGmMiB?: number;
  readonly highGmMiB?: number;
  readonly fences?: number;
  readonly resolution?: string;
  readonly weight?: number;
  /** UUIDs of the instances that exist now. */
  readonly devices: readonly string[];
}

/** One PCI function. Display devices of every vendor, their VFs, and the members of their IOMMU groups are listed. */
export interface PciDevice extends PciIds {
  readonly bdf: Bdf;
  /** Six hex digits, for example `030000`. */
  readonly class: string;
  readonly revision?: string;
  /** The driver's name from the `driver` link, or null when none is bound. */
  readonly driver: string | null;
  /** `driver_override`: null when "(null)" or empty; `unknown` when the read did not come back in time. */
  readonly driverOverride: Reading<string | null>;
  /** Null when there is no IOMMU group (no IOMMU). */
  readonly iommuGroup: number | null;
  readonly bootVga?: boolean;
  readonly enabled?: boolean;
  readonly bars: readonly PciBar[];
  /** `reset_method` words, empty when the device cannot be reset; absent on kernels without the file. */
  readonly resetMethods?: readonly string[];
  readonly hasReset: boolean;
  readonly hasRom: boolean;
  readonly powerState?: string;
  readonly numaNode?: number;
  /** Present on a VF: the address of its PF. */
  readonly physfn?: Bdf;
  /** Present where the `sriov_totalvfs` file exists. */
  readonly sriov?: SriovFacts;
  /** Whether config space carries extended capability 0x0010; `unknown` when config space cannot be read so far. */
  readonly sriovCapability: Reading<boolean>;
  /** Present where `mdev_supported_types` exists. */
  readonly mdevTypes?: readonly MdevType[];
  /** Modules that claim this id, from modalias resolution; absent when not looked up. */
  readonly modules?: readonly string[];
}

/** The `pci` section. */
export interface PciFacts {
  /** Class 03xxxx of every vendor, PFs and VFs, sorted by address. */
  readonly displays: readonly PciDevice[];
  /** All other devices that share an IOMMU group with a display device, plus host bridge, ISA bridge and audio functions. */
  readonly others: readonly PciDevice[];
  /** Every IOMMU group that holds a display device, with all its members. */
  readonly iommuGroups: readonly { readonly id: number; readonly members: readonly Bdf[] }[];
}
