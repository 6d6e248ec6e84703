// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingRule } from '../finding.ts';
import { NOT_AS_SET_UP, NOT_CONFIRMED, REBOOT_PENDING } from './after-set-up.ts';
import { BLACKLIST_REPLACED, CONTRADICTING_PARAMS, MODES_CONTRADICT } from './contradictions.ts';
import { PARAM_IN_INACTIVE_LOADER } from './inactive-loader.ts';
import { GRAPHICS_WITHOUT_IOMMU, IOMMU_NOT_USED, IOMMU_OFF_BY_PARAMETER } from './iommu-parameters.ts';
import { ROOT_MISSING } from './kernel-cmdline-file.ts';
import { LITTLE_SPACE, NO_INITRAMFS } from './next-boot.ts';
import { NO_MODESET } from './no-modeset.ts';
import { OWN_SETTINGS_GONE } from './own-settings-gone.ts';
import { LOADER_NOT_REFRESHED, PARAM_NOT_BOOTED, PARAM_NOT_LASTING } from './parameters-due.ts';
import { STALE_OPTIONS } from './stale-options.ts';
import { UNIT_FAILED } from './unit-failed.ts';
import { SYSFS_CONF_UNREAD, VF_UNIT_MISSING, VFS_BEFORE_DRIVER } from './vf-makers.ts';

/** Findings of the area `boot`, in the order in which they are looked for. */
export const BOOT_FINDINGS: readonly FindingRule[] = [
  ROOT_MISSING,
  NO_INITRAMFS,
  LITTLE_SPACE,
  REBOOT_PENDING,
  NOT_AS_SET_UP,
  NOT_CONFIRMED,
  PARAM_IN_INACTIVE_LOADER,
  LOADER_NOT_REFRESHED,
  PARAM_NOT_BOOTED,
  PARAM_NOT_LASTING,
  CONTRADICTING_PARAMS,
  BLACKLIST_REPLACED,
  MODES_CONTRADICT,
  IOMMU_OFF_BY_PARAMETER,
  IOMMU_NOT_USED,
  GRAPHICS_WITHOUT_IOMMU,
  NO_MODESET,
  STALE_OPTIONS,
  OWN_SETTINGS_GONE,
  SYSFS_CONF_UNREAD,
  VFS_BEFORE_DRIVER,
  VF_UNIT_MISSING,
  UNIT_FAILED,
];
