// SPDX-License-Identifier: AGPL-3.0-or-later
import type { HostFacts, SectionName } from '../facts/host-facts.ts';
import type { PveFacts } from '../facts/platform-facts.ts';
import { ok, type Problem, problem, type Result } from '../problem.ts';

/** Proxmox on this node, or why it cannot be written: absent, too little known, or without quorum. */
export function writablePve(facts: HostFacts): Result<PveFacts> {
  const section = facts.pve;
  if (section.state !== 'known') return unknownSection(facts, 'pve');
  const pve = section.value;
  if (!pve.isProxmox)
    return problem('pve.absent', `${pve.nodeName} is no Proxmox VE node, so it has no guests to change.`, {
      hint: 'Run this on a Proxmox VE node.',
    });
  if (pve.quorate.state === 'known' && !pve.quorate.value)
    return problem('pve.no-quorum', `The cluster of ${pve.nodeName} has no quorum, so /etc/pve cannot be written.`, {
      hint: 'See pvecm status; bring back the other nodes, then try again.',
    });
  return ok(pve);
}

/** Fails with `facts.unknown` unless all these sections are known: a plan must not rest on what was not read. */
export function requireKnown(facts: HostFacts, sections: readonly SectionName[]): Result<void> {
  const missing = sections.find((name) => facts[name].state !== 'known');
  return missing === undefined ? ok(undefined) : unknownSection(facts, missing);
}

function unknownSection(facts: HostFacts, name: SectionName): { readonly ok: false; readonly problem: Problem } {
  const section = facts[name];
  const reason = section.state === 'unknown' ? section.reason : 'it was not read';
  return problem('facts.unknown', `The ${name} section of this machine is not known: ${reason}.`, {
    hint: 'Run pveigpu as root on the node.',
  });
}
