// SPDX-License-Identifier: AGPL-3.0-or-later

/** Where a value of a profile comes from: a public capture, or derived from the catalogue and the kernel's source. */
export type ProfileSource =
  | { readonly kind: 'capture'; readonly source: string }
  | { readonly kind: 'derived'; readonly source: string };

/** One simulated PCI function. Ids are hex digits without `0x`. */
export interface ProfileDevice {
  readonly bdf: string;
  readonly vendor: string;
  readonly device: string;
  readonly class: string;
  readonly revision?: string;
  readonly subsystem?: { readonly vendor: string; readonly device: string };
  readonly iommuGroup?: number;
  /** The module that binds it at boot when present, for example `i915`, `snd_hda_intel`. */
  readonly driver?: string;
  /** Modules that claim the id. */
  readonly modules?: readonly string[];
  readonly bars?: readonly { readonly index: number; readonly start: string; readonly sizeBytes: number }[];
  readonly sriov?: { readonly totalVfs: number; readonly offset: number; readonly stride: number; readonly firstGroup: number };
  /** GVT-g: aperture in MiB, which decides types and instances (kernel's shared-pool arithmetic). */
  readonly gvtg?: { readonly apertureMiB: number };
  /** The GuC firmware that xe loads and names in the kernel log. */
  readonly guc?: { readonly file: string; readonly version: string };
  readonly resetMethods?: readonly string[];
  readonly bootVga?: boolean;
  /** The bridge it sits behind; absent on the root bus. */
  readonly parent?: string;
  /** Display connectors and what hangs on them, for example `HDMI-A-1` to `connected`. */
  readonly connectors?: { readonly [name: string]: 'connected' | 'disconnected' };
  readonly source: ProfileSource;
}

/** A whole machine as it is before pveigpu touches it. */
export interface Profile {
  readonly name: string;
  readonly title: string;
  readonly source: ProfileSource;
  /** Fields that are typical of such a machine and stand in no source: nothing may be concluded from them. */
  readonly typical?: readonly ('board' | 'bios' | 'meVersion' | 'microcode' | 'kernelRelease' | 'qemuVersion')[];
  readonly cpuModel: string;
  readonly cpuVendor?: string;
  readonly board?: { readonly vendor?: string; readonly name?: string; readonly product?: string };
  readonly bios?: { readonly version?: string; readonly date?: string };
  readonly meVersion?: string;
  readonly microcode?: string;
  readonly kernelRelease: string;
  /** Kernels that are installed besides the one that runs at first; all are older, else the newest would have been started. */
  readonly otherKernels?: readonly string[];
  /** Whether the initramfs has the graphics drivers, as with plymouth; Debian's and Proxmox's own has none. Default true. */
  readonly earlyGraphics?: boolean;
  /** Releases whose headers are installed. */
  readonly headers?: readonly string[];
  /** What the loader passes, without `BOOT_IMAGE=` or `initrd=`, which the loader adds. */
  readonly cmdline: string;
  readonly efi: boolean;
  readonly secureBoot?: boolean;
  readonly loader: 'grub' | 'systemd-boot' | 'pbt-grub' | 'pbt-systemd-boot';
  /** A second loader on the EFI system partitions that the firmware does not start, left from a conversion. */
  readonly alsoLoader?: 'grub' | 'systemd-boot';
  /** UUIDs of the EFI system partitions, one for each disk of a mirror; default one. */
  readonly esps?: readonly string[];
  readonly iommu: boolean;
  readonly qemuVersion: string;
  readonly devices: readonly ProfileDevice[];
  /** Which graphics driver packages beyond the kernel's own are installed: DKMS release, or none. */
  readonly dkms?: { readonly version: string; readonly modules: readonly string[] };
  /** Module options as modprobe.d has them at the last `update-initramfs`. */
  readonly moduleOptions?: { readonly [module: string]: { readonly [parameter: string]: string } };
  readonly blacklist?: readonly string[];
  /** Guests by VMID: raw configuration text. */
  readonly vms: { readonly [vmid: string]: string };
  readonly containers?: { readonly [ctid: string]: string };
  /** The `/etc/group` inside each container. */
  readonly containerGroups?: { readonly [ctid: string]: string };
  /** Extra files, absolute path to text. */
  readonly files?: { readonly [path: string]: string };
  /** Kernel-log lines printed at boot besides those the simulated drivers print. */
  readonly bootLog?: readonly string[];
}
