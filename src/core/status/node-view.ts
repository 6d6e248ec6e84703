// SPDX-License-Identifier: AGPL-3.0-or-later
import { nodeOf } from '../assign/assignments.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';

/** Which node a view is about. */
export interface NodeView {
  readonly name: string;
  readonly kernel: string | null;
  /** Null on a host without Proxmox VE. */
  readonly pveVersion: string | null;
  /** Null when it is not known or there is no cluster. */
  readonly quorate: boolean | null;
}

export function nodeView(facts: HostFacts): NodeView {
  const pve = ifKnown(facts.pve);
  return {
    name: nodeOf(facts),
    kernel: ifKnown(facts.kernel)?.release ?? null,
    pveVersion: pve?.packages['pve-manager'] ?? null,
    quorate: pve?.quorate.state === 'known' ? pve.quorate.value : null,
  };
}
