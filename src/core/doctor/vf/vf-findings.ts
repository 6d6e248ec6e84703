// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingRule } from '../finding.ts';
import { gpuOnVfio } from './gpu-on-vfio.ts';
import { groupOfVfs, groupWithGpu } from './groups.ts';
import { hostDriver, openOnHost } from './host-driver.ts';
import { countRefused, displayAttached, gucVersion, stateNotSaved } from './log-signs.ts';
import { notPrepared, otherOverride } from './overrides.ts';
import { poolStale } from './pool-stale.ts';
import { removalOpen } from './removal-open.ts';
import { fewerVfs, vfsGone } from './vfs-gone.ts';

/** Findings of the area `vf`, in the order in which they are looked for. */
export const VF_FINDINGS: readonly FindingRule[] = [
  gpuOnVfio,
  removalOpen,
  displayAttached,
  countRefused,
  vfsGone,
  fewerVfs,
  groupWithGpu,
  groupOfVfs,
  hostDriver,
  openOnHost,
  otherOverride,
  notPrepared,
  poolStale,
  gucVersion,
  stateNotSaved,
];
