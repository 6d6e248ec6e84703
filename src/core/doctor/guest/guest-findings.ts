// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingRule } from '../finding.ts';
import { contradiction, deviceMissing, mappingMissing, namedTwice, pcieWithoutQ35, rejectedLines } from './entries.ts';
import { balloon, hookscriptMissing, liveMigrationFlag, pendingChange, ramSnapshot, suspended, virgl } from './lifecycle.ts';
import { optionsLost, sliceLost } from './lost.ts';
import { backupCollision, poolTooSmall, sliceShared } from './sharing.ts';
import { startFailed } from './start-failed.ts';
import { argsDevice, argsWithoutDevice, code43, vfIgdOptions, viommu } from './vf-options.ts';
import { legacyIgd, passesWholeGpu } from './whole-gpu.ts';

/** Findings of the area `guest`, in the order in which they are looked for. */
export const GUEST_FINDINGS: readonly FindingRule[] = [
  passesWholeGpu,
  contradiction,
  pcieWithoutQ35,
  namedTwice,
  deviceMissing,
  mappingMissing,
  sliceLost,
  optionsLost,
  legacyIgd,
  vfIgdOptions,
  argsWithoutDevice,
  argsDevice,
  viommu,
  hookscriptMissing,
  suspended,
  liveMigrationFlag,
  sliceShared,
  poolTooSmall,
  backupCollision,
  startFailed,
  rejectedLines,
  pendingChange,
  balloon,
  ramSnapshot,
  code43,
  virgl,
];
