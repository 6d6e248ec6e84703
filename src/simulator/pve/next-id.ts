// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine } from '../machine.ts';
import { nodeOf } from './guest-files.ts';

/** The lowest VMID from 100 on that no guest of the cluster has. */
export function nextFreeId(machine: Machine): number {
  let id = 100;
  while (nodeOf(machine, id) !== undefined) id += 1;
  return id;
}
