// SPDX-License-Identifier: AGPL-3.0-or-later
import { BOOT_FINDINGS } from './boot/boot-findings.ts';
import { CLUSTER_FINDINGS } from './cluster/cluster-findings.ts';
import { CONTAINER_FINDINGS } from './container/container-findings.ts';
import { DRIVER_FINDINGS } from './driver/driver-findings.ts';
import type { FindingRule } from './finding.ts';
import { FIRMWARE_FINDINGS } from './firmware/firmware-findings.ts';
import { GUEST_FINDINGS } from './guest/guest-findings.ts';
import { KERNEL_FINDINGS } from './kernel/kernel-findings.ts';
import { LEFTOVER_FINDINGS } from './leftover/leftover-findings.ts';
import { MDEV_FINDINGS } from './mdev/mdev-findings.ts';
import { ROM_FINDINGS } from './rom/rom-findings.ts';
import { SECURE_BOOT_FINDINGS } from './secure-boot/secure-boot-findings.ts';
import { VF_FINDINGS } from './vf/vf-findings.ts';

/** Everything that doctor looks for, by area. A new finding is a file and a line in its area's table. */
export const FINDINGS: readonly FindingRule[] = [
  ...FIRMWARE_FINDINGS,
  ...SECURE_BOOT_FINDINGS,
  ...BOOT_FINDINGS,
  ...KERNEL_FINDINGS,
  ...DRIVER_FINDINGS,
  ...VF_FINDINGS,
  ...MDEV_FINDINGS,
  ...ROM_FINDINGS,
  ...GUEST_FINDINGS,
  ...CONTAINER_FINDINGS,
  ...CLUSTER_FINDINGS,
  ...LEFTOVER_FINDINGS,
];
