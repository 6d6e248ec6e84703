// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingRule } from '../finding.ts';
import { MODULE_REJECTED, TAINT_IS_HARMLESS } from './module-rejected.ts';
import { KEY_NOT_ENROLLED, KEY_UNUSABLE, KEY_WAITS, NO_MOKUTIL } from './signing-key.ts';

/** Findings of the area `secure-boot`, in the order in which they are looked for. */
export const SECURE_BOOT_FINDINGS: readonly FindingRule[] = [
  KEY_UNUSABLE,
  KEY_NOT_ENROLLED,
  KEY_WAITS,
  MODULE_REJECTED,
  NO_MOKUTIL,
  TAINT_IS_HARMLESS,
];
