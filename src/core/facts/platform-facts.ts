// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Reading } from './section.ts';

/** The `platform` section: firmware and processor. */
export interface PlatformFacts {
  readonly cpuModel: Reading<string>;
  readonly cpuVendor: Reading<string>;
  readonly hasVmx: boolean;
  readonly microcode: Reading<string>;
  readonly boardVendor: Reading<string>;
  readonly boardName: Reading<string>;
  readonly productName: Reading<string>;
  readonly biosVersion: Reading<string>;
  /** `MM/DD/YYYY` as DMI writes it. */
  readonly biosDate: Reading<string>;
  /** First line of `/sys/class/mei/mei0/fw_ver` without its leading `0:`. */
  readonly meVersion: Reading<string>;
  readonly efi: boolean;
  /** Last byte of the SecureBoot EFI variable. */
  readonly secureBoot: Reading<boolean>;
  /** Entries of `/sys/class/iommu`; empty when no IOMMU is in use, PVE's own test. */
  readonly iommus: readonly string[];
  /** Whether `/sys/firmware/acpi/tables/DMAR` exists. */
  readonly dmarTable: boolean;
}

/** The `pve` section. Absent parts are normal on a plain Debian host. */
export interface PveFacts {
  /** The local node name, from `/etc/pve/local` or `/etc/hostname`. */
  readonly nodeName: string;
  readonly isProxmox: boolean;
  /** Installed versions by package: pve-manager, qemu-server, pve-qemu-kvm, pve-container, proxmox-kernel-helper. */
  readonly packages: { readonly [name: string]: string };
  /** `major.minor` of the QEMU that PVE would start, from pve-qemu-kvm or qemu-system-x86. */
  readonly qemuVersion: Reading<string>;
  /** Whether `/etc/pve` can be written; a stand-alone node has quorum. */
  readonly quorate: Reading<boolean>;
  /** Names of the cluster's nodes, this one included. */
  readonly nodes: readonly string[];
  /** All VMIDs of the cluster and their node, from `/etc/pve/.vmlist`. */
  readonly vmlist: Reading<readonly { readonly vmid: number; readonly node: string; readonly kind: 'qemu' | 'lxc' }[]>;
}
