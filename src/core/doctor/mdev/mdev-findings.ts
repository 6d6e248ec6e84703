// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingRule } from '../finding.ts';
import { mappingStale } from '../vf/pool-stale.ts';
import { displayWithoutNode, displayWithoutOpengl, ovmfWithoutPicture } from './display.ts';
import { leftover } from './leftover.ts';
import { gpuOnVfio, gucOn, noI915, noModule, notOffered, switchedOff, unsupported } from './not-offered.ts';
import { autostartCollision, typeNotOffered, windowsOnApolloLake } from './types.ts';

/** Findings of the area `mdev`, in the order in which they are looked for. */
export const MDEV_FINDINGS: readonly FindingRule[] = [
  unsupported,
  noModule,
  gpuOnVfio,
  gucOn,
  noI915,
  switchedOff,
  notOffered,
  typeNotOffered,
  mappingStale,
  autostartCollision,
  leftover,
  displayWithoutOpengl,
  displayWithoutNode,
  ovmfWithoutPicture,
  windowsOnApolloLake,
];
