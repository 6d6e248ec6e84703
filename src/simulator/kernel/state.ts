// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { SimulatedProcess } from '../machine.ts';
import type { Profile, ProfileDevice } from '../profile.ts';

/** How a kernel operation ended: done, blocked for ever (until a device is closed), or the errno's name. */
export type Outcome = 'ok' | 'HANG' | (string & {});

/** SR-IOV state of a PF (struct pci_sriov in the kernel's drivers/pci/pci.h). */
export interface SriovState {
  /** TotalVFs of the capability. */
  readonly hardwareTotal: number;
  /** What the driver reduced it to; reset to the hardware's value when the driver leaves. */
  driverMax: number;
  numVfs: number;
  autoprobe: boolean;
  readonly offset: number;
  readonly stride: number;
  /** VFs that exist, by index (0 is VF 1). */
  readonly vfs: Map<number, SimDevice>;
}

/** The two DRM minors of a bound graphics function. */
export interface DrmMinors {
  readonly card: number;
  readonly render: number;
}

/** One PCI function that exists now. */
export interface SimDevice {
  readonly bdf: string;
  /** Canonical directory below `/sys/devices`. */
  readonly path: string;
  readonly profile: ProfileDevice;
  /** Present on a VF. */
  readonly physfn?: SimDevice;
  readonly vfIndex?: number;
  driver: string | null;
  /** Its driver is letting go of it, perhaps for ever: the links are gone already (kernel drivers/base/dd.c). */
  releasing?: boolean;
  driverOverride: string | null;
  iommuGroup: number | null;
  sriov?: SriovState;
  drm?: DrmMinors;
  /** Number of its `/dev/vfio/devices/vfioN` while a VFIO driver has it. */
  vfioNumber?: number;
  /** GVT-g is running on it: kvmgt has shown its types. */
  gvtg?: boolean;
}

/** A mediated device. */
export interface SimMdev {
  readonly uuid: string;
  readonly parent: SimDevice;
  readonly type: string;
  readonly iommuGroup: number | null;
}

/** A driver on the PCI bus. */
export interface PciDriver {
  /** Its directory below `/sys/bus/pci/drivers`. */
  readonly name: string;
  /** Its module, or undefined when built in. */
  readonly module: string | undefined;
  /** Ids added by `new_id` or a module option, `vvvv:dddd`. */
  readonly dynamicIds: Set<string>;
  /** The static id table; entries that need a driver_override do not count. */
  claims(device: SimDevice): boolean;
  /** The table asks for a class as well, so that `new_id` without one never finds the id there (kernel pci-driver.c). */
  readonly classInTable?: boolean;
  probe(state: KernelState, device: SimDevice): Outcome;
  /** Lets go of a device, then calls `done`, at once or when a blocking user has gone. */
  remove(state: KernelState, device: SimDevice, done: () => Outcome): Outcome;
  sriovConfigure?(state: KernelState, pf: SimDevice, count: number): Outcome;
}

export interface LoadedModule {
  readonly name: string;
  /** Path below `/lib/modules/RELEASE/`. */
  readonly file: string;
  readonly parameters: { readonly [name: string]: string };
}

/** A write that waits in the kernel; it holds the device locks of `holds` until `ready`. */
export interface BlockedWrite {
  readonly holds: ReadonlySet<string>;
  ready(): boolean;
  resume(): Outcome;
}

/** Faults, and contents of devices, that a test puts into the kernel. */
export interface Injections {
  /** Errno that the PF driver answers when VFs are enabled. */
  enableErrno?: string;
  /** At most this many VFs are enabled, and the write still succeeds. */
  enableAtMost?: number;
  /** What devices with a ROM give; without it no device has one. */
  rom?: Uint8Array;
  /** What the ACPI method `_ROM` gives; without it there is no such method. */
  acpiRom?: Uint8Array;
}

/** What the kernel tells udev about a PCI function. */
export interface Uevent {
  readonly action: 'bind';
  readonly bdf: string;
  /** Canonical directory below `/sys/devices`. */
  readonly path: string;
  readonly driver: string;
}

/** Everything the simulated kernel knows between boot and power-off. Every part of it shows in the file tree as well. */
export interface KernelState {
  readonly tree: FileTree;
  readonly profile: Profile;
  readonly release: string;
  readonly cmdline: string;
  /** An IOMMU is in use. */
  readonly iommu: boolean;
  readonly devices: Map<string, SimDevice>;
  readonly drivers: Map<string, PciDriver>;
  readonly modules: Map<string, LoadedModule>;
  /** IOMMU group to the names of its members. */
  readonly groups: Map<number, Set<string>>;
  readonly processes: Map<number, SimulatedProcess>;
  /** Certificates that shim has enrolled. */
  readonly enrolledKeys: ReadonlySet<string>;
  /** Events that udev has not taken yet. */
  readonly uevents: Uevent[];
  readonly mdevs: Map<string, SimMdev>;
  blocked: BlockedWrite[];
  readonly injections: Injections;
  nextPid: number;
  log(line: string): void;
}
