// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Evidence } from '../gpu/verdict.ts';
import { visible } from '../text/visible.ts';
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
    return outcomes.length === 0
      ? [{ rule, outcome: { state: 'ok' } }]
      : outcomes.map((outcome) => ({ rule, outcome: plain(outcome) }));
  });
}

/** Paths, log lines and configurations are texts of strangers, whoever quotes them. */
function plain(outcome: Outcome): Outcome {
  if (outcome.state === 'ok') return outcome;
  const subject = outcome.subject === undefined ? {} : { subject: visible(outcome.subject) };
  const because = visible(outcome.because);
  if (outcome.state === 'unmeasured') return { ...outcome, ...subject, because };
  const { evidence, remedy } = outcome;
  const shown = ({ source, value }: Evidence): Evidence => ({ source: visible(source), value: visible(value) });
  const [first, ...rest] = evidence;
  return {
    ...outcome,
    ...subject,
    because,
    evidence: [shown(first), ...rest.map(shown)],
    remedy: { ...remedy, text: visible(remedy.text) },
  };
}
