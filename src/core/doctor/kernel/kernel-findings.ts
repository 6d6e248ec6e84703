// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingRule } from '../finding.ts';
import { DRIVER_CRASHED } from './driver-crashed.ts';
import { HUNG_TASK } from './hung-task.ts';
import { KNOWN_BAD, OPEN_REPORT } from './known-bad.ts';
import { DMAR_FAULTS, FRAME_BUFFER_HOLDS_BAR, GPU_WEDGED, SWIOTLB_FULL } from './log-signs.ts';
import { HEADERS_MISSING, NEXT_KERNEL_LOSES_MODE } from './next-kernel.ts';
import { GPU_WITHOUT_GROUP } from './no-iommu-group.ts';
import { PIN_MISSING, PIN_OLDER } from './pins.ts';
import { ZFS_POOL_NEWER } from './zfs-pool-newer.ts';

/** Findings of the area `kernel`, in the order in which they are looked for. */
export const KERNEL_FINDINGS: readonly FindingRule[] = [
  HEADERS_MISSING,
  NEXT_KERNEL_LOSES_MODE,
  PIN_MISSING,
  PIN_OLDER,
  ZFS_POOL_NEWER,
  GPU_WITHOUT_GROUP,
  FRAME_BUFFER_HOLDS_BAR,
  DMAR_FAULTS,
  SWIOTLB_FULL,
  DRIVER_CRASHED,
  GPU_WEDGED,
  HUNG_TASK,
  KNOWN_BAD,
  OPEN_REPORT,
];
