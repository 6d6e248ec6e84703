// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Area } from '../../../src/core/doctor/finding.ts';
import type { StatesByFinding } from './doctor-state.ts';
import { BOOT_STATES } from './states/boot.ts';
import { CLUSTER_STATES } from './states/cluster.ts';
import { CONTAINER_STATES } from './states/container.ts';
import { DRIVER_STATES } from './states/driver.ts';
import { FIRMWARE_STATES } from './states/firmware.ts';
import { GUEST_STATES } from './states/guest.ts';
import { KERNEL_STATES } from './states/kernel.ts';
import { LEFTOVER_STATES } from './states/leftover.ts';
import { MDEV_STATES } from './states/mdev.ts';
import { ROM_STATES } from './states/rom.ts';
import { SECURE_BOOT_STATES } from './states/secure-boot.ts';
import { VF_STATES } from './states/vf.ts';

/** The states of every area. */
export const ALL_STATES: { readonly [A in Area]: StatesByFinding } = {
  firmware: FIRMWARE_STATES,
  'secure-boot': SECURE_BOOT_STATES,
  boot: BOOT_STATES,
  kernel: KERNEL_STATES,
  driver: DRIVER_STATES,
  vf: VF_STATES,
  mdev: MDEV_STATES,
  rom: ROM_STATES,
  guest: GUEST_STATES,
  container: CONTAINER_STATES,
  cluster: CLUSTER_STATES,
  leftover: LEFTOVER_STATES,
};
