// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Diagnosis, DoctorView } from '../../src/core/doctor/doctor-view.ts';
import type { Say } from './texts/say.ts';
import type { Tone } from './tone.ts';

/** One problem, piece of advice or note. */
export interface FindingRow {
  readonly id: string;
  readonly group: 'problems' | 'advice' | 'notes';
  readonly severity: Diagnosis['severity'];
  readonly severityText: string;
  readonly tone: Tone;
  readonly title: string;
  readonly subject: string;
  readonly because: string;
  readonly remedy: string;
  /** What to type on the node; null where only a person can do it. */
  readonly command: string | null;
  readonly evidence: readonly string[];
  readonly reference: string;
  /** How many problems it follows from, one inside the other; 0 for one that stands by itself. */
  readonly depth: number;
}

/** Everything that doctor says. */
export interface FindingsShown {
  readonly tone: Tone;
  readonly summary: string;
  readonly rows: readonly FindingRow[];
  readonly unmeasured: readonly { readonly id: string; readonly because: string }[];
  readonly switches: readonly { readonly name: string; readonly setting: string; readonly because: string }[];
}

const TONES: { readonly [S in Diagnosis['severity']]: Tone } = {
  critical: 'critical',
  error: 'critical',
  warning: 'warning',
  advice: 'info',
  note: 'none',
};

/** The view of doctor made ready to be shown; what follows from a problem stands right behind it. */
export function findingsShown(view: DoctorView, say: Say): FindingsShown {
  const groups = ['problems', 'advice', 'notes'] as const;
  const rows = groups.flatMap((group) => view[group].flatMap((one) => rowsOf(one, group, 0, say)));
  const count = rows.filter(({ group }) => group === 'problems').length;
  const tone = view.answer === 'healthy' ? 'good' : view.answer === 'unknown' ? 'info' : 'warning';
  const isCritical = rows.some(({ group, tone: of }) => group === 'problems' && of === 'critical');
  return {
    tone: isCritical ? 'critical' : tone,
    summary: summaryOf(view, count, say),
    rows,
    unmeasured: view.unmeasured.map(({ id, because }) => ({ id, because })),
    switches: view.switches.map(({ name, gpu, setting, because }) => ({
      name: gpu === undefined ? name : `${name} (${gpu})`,
      setting,
      because,
    })),
  };
}

function summaryOf({ answer, looked }: DoctorView, count: number, say: Say): string {
  if (answer === 'healthy') return say('findings.healthy', { count: looked });
  if (answer === 'unknown') return say('findings.unknown');
  return count === 1 ? say('findings.problem') : say('findings.problems', { count });
}

function rowsOf(one: Diagnosis, group: FindingRow['group'], depth: number, say: Say): readonly FindingRow[] {
  const row: FindingRow = {
    id: one.id,
    group,
    severity: one.severity,
    severityText: say(`severity.${one.severity}`),
    tone: TONES[one.severity],
    title: one.title,
    subject: one.subject ?? '',
    because: one.because,
    remedy: one.remedy,
    command: one.fix === undefined ? null : `pveigpu ${one.fix.arguments.join(' ')}`,
    evidence: one.evidence.map(({ source, value }) => `${source}: ${value}`),
    reference: one.reference,
    depth,
  };
  return [row, ...one.consequences.flatMap((next) => rowsOf(next, group, depth + 1, say))];
}
