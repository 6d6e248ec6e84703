// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingRule } from '../finding.ts';
import { APERTURE_FULL, APERTURE_TOO_SMALL } from './aperture.ts';
import { OLD_BIOS_AND_ME } from './bios-and-me.ts';
import { CSM_BOOT } from './csm-boot.ts';
import { GPU_HIDDEN } from './gpu-hidden.ts';
import { GROUP_SHARED } from './group-shared.ts';
import { GUC_IMAGE_REFUSED, NO_INTERRUPT_REMAPPING, RESERVED_BY_FIRMWARE } from './log-signs.ts';
import { NO_MICROCODE } from './microcode.ts';
import { NO_VMX } from './no-vmx.ts';
import { NOT_PRIMARY } from './primary-display.ts';
import { NO_VF_ADDRESS_SPACE, SRIOV_OFF } from './sriov-off.ts';
import { VTD_OFF } from './vtd.ts';

/** Findings of the area `firmware`, in the order in which they are looked for. */
export const FIRMWARE_FINDINGS: readonly FindingRule[] = [
  NO_VMX,
  VTD_OFF,
  NO_INTERRUPT_REMAPPING,
  RESERVED_BY_FIRMWARE,
  GROUP_SHARED,
  GPU_HIDDEN,
  SRIOV_OFF,
  NO_VF_ADDRESS_SPACE,
  GUC_IMAGE_REFUSED,
  NOT_PRIMARY,
  APERTURE_TOO_SMALL,
  APERTURE_FULL,
  CSM_BOOT,
  OLD_BIOS_AND_ME,
  NO_MICROCODE,
];
