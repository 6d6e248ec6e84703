// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Assignment, allAssignments, ownGuests } from '../../assign/assignments.ts';
import { guestName } from '../../assign/guest-keys.ts';
import type { Guest } from '../../facts/guest-facts.ts';
import type { PciFacts } from '../../facts/pci-facts.ts';
import { type HostpciEntry, hostpciEntries } from '../../guest/guest-view.ts';
import { EMPTY_LEDGER } from '../../plan/ledger.ts';
import type { DoctorCase } from '../doctor-case.ts';
import type { FindingRule, Outcome, Remedy, Trouble } from '../finding.ts';
import { entryEvidence } from '../gpu-wish.ts';
import { withKnown } from '../known-sections.ts';

/** A VM of this node that has a slice of an Intel GPU at its next start, with the entries that say so. */
export interface GpuGuest {
  readonly guest: Guest;
  readonly entries: readonly Assignment[];
}

/** Found once for each machine: many findings ask. */
const FOUND = new WeakMap<DoctorCase['facts'], readonly GpuGuest[]>();

/** The VMs of this node with a slice of an Intel GPU. */
export function gpuGuests({ facts }: Pick<DoctorCase, 'facts'>): readonly GpuGuest[] {
  const known = FOUND.get(facts) ?? findGuests(facts);
  FOUND.set(facts, known);
  return known;
}

function findGuests(facts: DoctorCase['facts']): readonly GpuGuest[] {
  const found = new Map<number, { readonly guest: Guest; readonly entries: Assignment[] }>();
  for (const one of allAssignments(facts, EMPTY_LEDGER)) {
    if (one.state === 'leaving' || one.guest.kind !== 'qemu') continue;
    const known = found.get(one.guest.vmid);
    if (known === undefined) found.set(one.guest.vmid, { guest: one.guest, entries: [one] });
    else known.entries.push(one);
  }
  return [...found.values()];
}

/** What is wrong with something of a guest: the rest of the outcome is made from it. */
export interface GuestTrouble {
  readonly because: string;
  readonly remedy: Remedy;
  readonly evidence?: Trouble['evidence'];
}

/** A problem of a guest, whose evidence is a line of its configuration unless something else is named. */
export function guestTrouble(guest: Guest, key: string, { because, remedy, evidence }: GuestTrouble): Trouble {
  return { state: 'problem', subject: guestName(guest), because, evidence: evidence ?? [entryEvidence(guest, key)], remedy };
}

type Rule = Omit<FindingRule, 'examine'>;

/** A finding about each VM with a slice of an Intel GPU. */
export function gpuGuestRule(
  rule: Rule,
  look: (one: GpuGuest, ground: DoctorCase, pci: PciFacts) => readonly Outcome[],
): FindingRule {
  return {
    ...rule,
    examine: (ground) =>
      withKnown(ground, ['pci', 'guests'], ({ pci }) => gpuGuests(ground).flatMap((one) => look(one, ground, pci))),
  };
}

/** A finding about each `hostpciN` of each VM of this node, whatever device it names: PVE checks them all at a start. */
export function hostpciRule(
  rule: Rule,
  look: (guest: Guest, entry: HostpciEntry, ground: DoctorCase, pci: PciFacts) => readonly Outcome[],
): FindingRule {
  return {
    ...rule,
    examine: (ground) =>
      withKnown(ground, ['pci', 'guests'], ({ pci }) =>
        ownGuests(ground.facts).flatMap((guest) =>
          hostpciEntries(guest, 'next').flatMap((entry) => look(guest, entry, ground, pci)),
        ),
      ),
  };
}

/** A finding about each VM of this node. */
export function vmRule(rule: Rule, look: (guest: Guest, ground: DoctorCase) => readonly Outcome[]): FindingRule {
  return {
    ...rule,
    examine: (ground) =>
      withKnown(ground, ['guests'], () =>
        ownGuests(ground.facts)
          .filter(({ kind }) => kind === 'qemu')
          .flatMap((guest) => look(guest, ground)),
      ),
  };
}
