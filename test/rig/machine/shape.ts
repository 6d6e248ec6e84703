// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * How the machine starts. `fast`: kernel directly, no systemd. `systemd`: kernel directly, systemd and udev. `grub`: firmware,
 * GRUB and the guest's own initramfs from a disk that keeps what is written to it. `efi`: UEFI firmware and the loader on a second disk,
 * the EFI system partition.
 */
export type BootMode = 'fast' | 'systemd' | 'grub' | 'efi';

/** The identity that an emulated SR-IOV function shows; ids are numbers. */
export interface Identity {
  readonly device: number;
  readonly class?: number;
  readonly revision?: number;
  readonly subvendor?: number;
  readonly subdevice?: number;
  readonly vfDevice?: number;
  /** 0 hides the SR-IOV capability. */
  readonly totalVfs?: number;
}

/** What a machine of the rig consists of. */
export interface Shape {
  readonly mode: BootMode;
  /** The integrated GPU at 00:02.0 (an nvme with SR-IOV, offset and stride 1); null: none at all. Default Alder Lake-P. */
  readonly gpu?: Identity | null;
  /**
   * A network card with SR-IOV at 01:00.0 behind a root port (igb: 7 VFs, offset 128, stride 2), as itself or dressed as a
   * discrete GPU.
   */
  readonly card?: 'igb' | Identity;
  /** A second display device of another maker, at 00:05.0. */
  readonly otherDisplay?: boolean;
  /** A sound function of Intel at 00:0e.0, where Apollo Lake has its own; it can play to nobody. */
  readonly sound?: boolean;
  /** Default true: VT-d with interrupt remapping, `intel_iommu=on`. */
  readonly iommu?: boolean;
  /** udevd without systemd, for device links; only in fast mode. */
  readonly udev?: boolean;
  /** More words for the kernel's command line. */
  readonly append?: string;
  readonly memoryMiB?: number;
  /** Processors, default 2. */
  readonly cpus?: number;
  /**
   * Time goes by the instructions that the guest has run (QEMU -icount), not by the clock of a host that may be busy. For cases in which
   * limits of the product in seconds are tried. Not with KVM, which needs no such thing.
   */
  readonly ownTime?: boolean;
  /** A disk to keep (qcow2), instead of throwing away what is written. */
  readonly disk?: string;
  /** The disk with the EFI system partition (qcow2), and where the firmware keeps its variables (raw); kept as well. */
  readonly esp?: { readonly disk: string; readonly variables: string };
  /** What the guest has flushed to its disks survives the end of QEMU, as it survives a power cut. */
  readonly durable?: boolean;
}

/** Where QEMU puts the sockets and the log of one machine. */
export interface RunFolder {
  readonly folder: string;
  readonly agent: string;
  readonly monitor: string;
  readonly serialLog: string;
}
