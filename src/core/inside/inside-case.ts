// SPDX-License-Identifier: AGPL-3.0-or-later
import { nextConfig } from '../assign/guest-keys.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { CatalogueEntry } from '../gpu/catalogue-entry.ts';
import type { AptFile } from './apt-components.ts';
import type { KnownDistribution } from './distribution.ts';
import { DISTRIBUTIONS } from './distributions.ts';
import type { InsideSlice } from './inside-slice.ts';

/** What kind of system a guest runs, as far as its configuration tells. */
export type InsideSystem = 'linux' | 'windows' | 'other';

/** What was learnt of a Linux guest, by looking into it or from what the person typed. */
export interface LinuxInside {
  readonly known?: KnownDistribution;
  /** As the system calls itself. */
  readonly title?: string;
  /** `uname -r`. */
  readonly kernel?: string;
  /** Files of apt's sources; absent when they were not read. */
  readonly apt?: readonly AptFile[];
  /** Our file of module options, where it is there. */
  readonly modprobe?: string;
}

/** One guest and its slice, as the lists of needs are made from it. */
export interface InsideCase {
  readonly guest: Guest;
  readonly system: InsideSystem;
  readonly slice: InsideSlice;
  readonly entry: CatalogueEntry;
  readonly linux: LinuxInside;
  /** Who is to use the GPU in the guest. */
  readonly user?: string;
  /** SHA-256 that the person accepts for the driver's package. */
  readonly sha256?: string;
}

/** The system of a guest by `ostype` (qemu-server QemuServer.pm, pve-container Config.pm). Containers are Linux. */
export function systemOf(guest: Guest): InsideSystem {
  if (guest.kind === 'lxc') return 'linux';
  const ostype = nextConfig(guest).ostype ?? 'other';
  if (/^(win|w2k|wxp|wvista)/.test(ostype)) return 'windows';
  return ostype === 'l26' || ostype === 'l24' ? 'linux' : 'other';
}

/** The distribution of a container by its `ostype`; PVE sets it when it makes one. */
export function containerDistribution(guest: Guest): KnownDistribution | undefined {
  if (guest.kind !== 'lxc') return undefined;
  const ostype = nextConfig(guest).ostype ?? '';
  const distribution = DISTRIBUTIONS.find(({ id }) => id === (ostype === 'archlinux' ? 'arch' : ostype));
  return distribution === undefined ? undefined : { distribution };
}
