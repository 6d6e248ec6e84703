// SPDX-License-Identifier: AGPL-3.0-or-later

/** What a loader starts: paths on the file system that it reads, and the parameters that the kernel gets. */
export interface RawEntry {
  readonly kernel: string;
  readonly initrd: string;
  readonly cmdline: string;
}

/** Why a machine does not come up. */
export interface BootFailure {
  readonly reason: string;
}
