// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Guest } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import { ifKnown, known } from '../facts/section.ts';
import type { Step } from '../plan/action.ts';
import type { Ledger } from '../plan/ledger.ts';
import { ledgerKeys, nodeOf } from './assignments.ts';

/**
 * A guest that was changed by us and destroyed since, as far as it is known: no node of the cluster has it any more. Undefined for
 * any other, and where not all guests could be read.
 */
export function goneGuest(facts: HostFacts, ledger: Ledger, vmid: number): Guest | undefined {
  const noted = Object.hasOwn(ledger.guests, String(vmid)) ? ledger.guests[String(vmid)] : undefined;
  const all = ifKnown(facts.guests);
  const listed = ifKnown(facts.pve)?.vmlist;
  if (noted === undefined || all === undefined || all.unreadable.length > 0 || listed?.state !== 'known') return undefined;
  if ([...all.guests, ...listed.value].some((one) => one.vmid === vmid)) return undefined;
  return { vmid, kind: noted.kind, node: nodeOf(facts), running: known(false), sections: [], rejectedLines: [] };
}

/** The step by which the ledger forgets a guest, when it notes more of it than `touched`, the keys that are given back. */
export function forgetRest(ledger: Ledger, guest: Guest, touched: readonly string[]): readonly Step[] {
  const { kind, vmid } = guest;
  const rest = Object.keys(ledgerKeys(ledger, guest)).filter((key) => !touched.includes(key));
  if (rest.length === 0) return [];
  return [{ action: 'forgetGuest', args: { kind, vmid }, reason: `${rest.join(', ')} is not as pveigpu set it any more` }];
}
