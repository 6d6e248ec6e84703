// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FactSections, SectionName } from '../facts/host-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { EMPTY_LEDGER, type Ledger } from '../plan/ledger.ts';
import type { DoctorCase } from './doctor-case.ts';
import type { Outcome } from './finding.ts';

/**
 * Looks at sections of facts that a finding cannot do without. Where one could not be read, that is the answer; where one was not
 * asked for, there is none.
 */
export function withKnown<K extends SectionName>(
  { facts }: Pick<DoctorCase, 'facts'>,
  names: readonly K[],
  look: (sections: { readonly [N in K]: FactSections[N] }) => readonly Outcome[],
): readonly Outcome[] {
  const values: { [name: string]: unknown } = {};
  for (const name of names) {
    const section = facts[name];
    if (section.state === 'unknown') return [{ state: 'unmeasured', because: `${section.reason}.`, needs: 'root' }];
    if (section.state !== 'known') return [];
    values[name] = section.value;
  }
  return look(values as { readonly [N in K]: FactSections[N] });
}

/** What is ours, for looks that only ask whether something is; empty where that is not known. */
export function ledgerOf({ ledger }: Pick<DoctorCase, 'ledger'>): Ledger {
  return ifKnown(ledger) ?? EMPTY_LEDGER;
}
