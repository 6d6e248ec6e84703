// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingRule } from '../finding.ts';
import { ROM_DAMAGED } from './rom-damaged.ts';
import { ROM_NOT_ON_DEVICE } from './rom-from-device.ts';
import { ROM_MISSING } from './rom-missing.ts';
import { ROM_BAD_CHECKSUM, ROM_OTHER_FIRMWARE, ROM_OTHER_ID } from './rom-refused.ts';

/** Findings of the area `rom`, in the order in which they are looked for. */
export const ROM_FINDINGS: readonly FindingRule[] = [
  ROM_MISSING,
  ROM_DAMAGED,
  ROM_OTHER_ID,
  ROM_BAD_CHECKSUM,
  ROM_OTHER_FIRMWARE,
  ROM_NOT_ON_DEVICE,
];
