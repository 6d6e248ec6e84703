// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingRule } from '../finding.ts';
import { gidUnmapped, group } from './groups.ts';
import { handMade, mountGone, numberChanged } from './raw-lines.ts';
import { givenAway, nodeGone, otherGpu, vfNode } from './stale.ts';

/** Findings of the area `container`, in the order in which they are looked for. */
export const CONTAINER_FINDINGS: readonly FindingRule[] = [
  givenAway,
  nodeGone,
  vfNode,
  otherGpu,
  gidUnmapped,
  mountGone,
  numberChanged,
  group,
  handMade,
];
