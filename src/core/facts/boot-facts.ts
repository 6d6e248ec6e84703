// SPDX-License-Identifier: AGPL-3.0-or-later
import type { LoaderEntry } from '../boot/grub-cfg.ts';
import type { Evidence } from '../gpu/verdict.ts';
import type { Reading } from './section.ts';

export type LoaderKind = 'grub' | 'systemd-boot';

/** A boot loader that is installed in a way that could start this machine. */
export interface LoaderFacts {
  readonly kind: LoaderKind;
  /** Whether proxmox-boot-tool keeps its files on EFI system partitions. */
  readonly tool: boolean;
  /** Whether it is the one that started this boot; unknown when nothing tells. */
  readonly active: boolean | 'unknown';
  readonly because: readonly Evidence[];
}

/** One kernel below `/boot`. */
export interface InstalledKernel {
  readonly release: string;
  readonly hasInitramfs: boolean;
  /** Whether `/lib/modules/<release>/build` leads to headers. */
  readonly hasHeaders: boolean;
}

/** The `boot` section: loaders, kernels and pins. Files only; no program is run for it. */
export interface BootFacts {
  readonly firmware: 'uefi' | 'bios';
  readonly loaders: readonly LoaderFacts[];
  /** UUIDs of `/etc/kernel/proxmox-boot-uuids`; absent without proxmox-boot-tool. */
  readonly espUuids: Reading<readonly string[]>;
  /** Sorted, newest last. */
  readonly kernels: readonly InstalledKernel[];
  /** `/etc/kernel/proxmox-boot-pin`, or the release in `/etc/default/grub.d/proxmox-kernel-pin.cfg`. */
  readonly pinned?: string;
  /** `/etc/kernel/next-boot-pin`. */
  readonly pinnedOnce?: string;
  /** `/etc/kernel/proxmox-boot-manual-kernels`. */
  readonly manual: readonly string[];
  /** What `/boot/grub/grub.cfg` starts; absent where GRUB reads another one, on a partition of proxmox-boot-tool. */
  readonly grubEntries?: readonly LoaderEntry[];
  /** Free bytes of `/boot` and of each mounted EFI system partition, by mount point. */
  readonly freeBytes: { readonly [path: string]: number };
}
