// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingRule } from '../finding.ts';
import { NOT_BOUND, PROBE_FAILED } from './binding.ts';
import { BUILD_FAILED, HALF_CONFIGURED } from './build-failed.ts';
import { DKMS_NOT_BUILT, DKMS_OTHER_KERNEL, NEWER_BASE, WRONG_RELEASE } from './dkms-builds.ts';
import { DKMS_IN_VAIN, FLAG_WITHDRAWN, FORCED, NO_SRIOV_FOR_GPU, XE_HAS_NO_SRIOV } from './for-nothing.ts';
import { DMC_FIRMWARE_MISSING, GUC_FIRMWARE_MISSING, HUC_FIRMWARE_MISSING } from './gpu-firmware.ts';
import { FOREIGN, MODULE_DOES_NOT_FIT, SEVERAL_VERSIONS } from './mixed-builds.ts';
import { BOTH_MAY_BIND, DANGEROUS_OPTION, ENABLE_GUC_7, GUC_OFF, NO_VFS_ASKED } from './options.ts';
import { DKMS_TOOL_MISSING, HEADERS_NOT_FOLLOWED, NO_PACKAGE_SOURCE } from './packages.ts';
import { MAX_VFS_IGNORED, NONE_FOR_KERNEL, STOCK_LOADED } from './wrong-build.ts';
import { XE_MESSAGE, XE_NOT_FORCED } from './xe-force-probe.ts';

/** Findings of the area `driver`, in the order in which they are looked for. */
export const DRIVER_FINDINGS: readonly FindingRule[] = [
  NO_SRIOV_FOR_GPU,
  NONE_FOR_KERNEL,
  NOT_BOUND,
  PROBE_FAILED,
  XE_NOT_FORCED,
  STOCK_LOADED,
  DKMS_NOT_BUILT,
  DKMS_OTHER_KERNEL,
  WRONG_RELEASE,
  NEWER_BASE,
  BUILD_FAILED,
  HALF_CONFIGURED,
  MODULE_DOES_NOT_FIT,
  NO_VFS_ASKED,
  GUC_OFF,
  ENABLE_GUC_7,
  XE_HAS_NO_SRIOV,
  GUC_FIRMWARE_MISSING,
  HUC_FIRMWARE_MISSING,
  DMC_FIRMWARE_MISSING,
  BOTH_MAY_BIND,
  FLAG_WITHDRAWN,
  FORCED,
  FOREIGN,
  DKMS_TOOL_MISSING,
  HEADERS_NOT_FOLLOWED,
  SEVERAL_VERSIONS,
  NO_PACKAGE_SOURCE,
  DKMS_IN_VAIN,
  MAX_VFS_IGNORED,
  XE_MESSAGE,
  DANGEROUS_OPTION,
];
