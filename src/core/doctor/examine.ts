// SPDX-License-Identifier: AGPL-3.0-or-later
import type { DoctorCase } from './doctor-case.ts';
import type { FindingRule, Outcome } from './finding.ts';

/** A rule with one of its outcomes. */
export interface Finding {
  readonly rule: FindingRule;
  readonly outcome: Outcome;
}

/** What every rule says of one machine, in the order of the rules; a rule that says nothing is fine. */
export function examine(ground: DoctorCase, rules: readonly FindingRule[]): readonly Finding[] {
  return rules.flatMap((rule): readonly Finding[] => {
    const said = rule.examine(ground);
    const outcomes: readonly Outcome[] = 'state' in said ? [said] : said;
    return outcomes.length === 0 ? [{ rule, outcome: { state: 'ok' } }] : outcomes.map((outcome) => ({ rule, outcome }));
  });
}
