// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingRule } from '../finding.ts';
import { HOOKSCRIPT_ELSEWHERE } from './hookscripts.ts';
import { MAPPING_ON_ONE_NODE } from './mappings.ts';
import { CONFIG_NOT_MOUNTED, NO_QUORUM } from './pve-file-system.ts';
import { ROM_OF_OTHER_NODE } from './rom-elsewhere.ts';

/** Findings of the area `cluster`, in the order in which they are looked for. */
export const CLUSTER_FINDINGS: readonly FindingRule[] = [
  CONFIG_NOT_MOUNTED,
  NO_QUORUM,
  HOOKSCRIPT_ELSEWHERE,
  ROM_OF_OTHER_NODE,
  MAPPING_ON_ONE_NODE,
];
