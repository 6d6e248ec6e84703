// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Bdf } from '../pci/address.ts';

/** One DRM node below `/sys/class/drm`. */
export interface DrmNode {
  /** `card0`, `renderD128`. */
  readonly name: string;
  /** `/dev/dri/<name>`. */
  readonly path: string;
  readonly major: number;
  readonly minor: number;
  readonly pci: Bdf;
}

export interface DrmConnector {
  /** `card0-HDMI-A-1`. */
  readonly name: string;
  readonly pci: Bdf;
  /** `connected`, `disconnected` or `unknown`. */
  readonly status: string;
}

/** The `drm` section. */
export interface DrmFacts {
  readonly nodes: readonly DrmNode[];
  readonly connectors: readonly DrmConnector[];
}

/** A process that has a device node open. */
export interface Holder {
  readonly pid: number;
  /** `comm` of the process, control characters already made visible. */
  readonly command: string;
  /** The VMID when the process is a guest's QEMU (`-id N`). */
  readonly vmid?: number;
  /** The CTID when its cgroup names a container. */
  readonly ctid?: number;
  /** The nodes it has open: `/dev/dri/*`, `/dev/vfio/N`, `/dev/vfio/devices/*`. */
  readonly paths: readonly string[];
}

/** The `holders` section: who has `/dev/dri/*` and `/dev/vfio/*` open, by reading `/proc/PID/fd`. */
export interface HolderFacts {
  readonly holders: readonly Holder[];
  /** Processes whose fds could not be read (not root): what we do not know. */
  readonly unreadableProcesses: number;
}
