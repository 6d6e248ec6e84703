// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PlanDiff } from '../core/plan/diff-plan.ts';
import { type PlanLine, renderPlan } from '../core/plan/render-plan.ts';
import type { Io } from './io.ts';
import { paint, type Tone } from './style.ts';
import { wrap } from './wrap.ts';

const TONES: { readonly [K in PlanLine['kind']]: Tone } = {
  title: 'strong',
  subject: 'plain',
  added: 'added',
  removed: 'removed',
  context: 'dim',
  command: 'dim',
  note: 'accent',
  warning: 'warn',
  blocked: 'bad',
};

/** A plan for people, coloured where that may be. */
export function planText(io: Io, plan: PlanDiff): string {
  if (plan.changes.length === 0 && plan.remarks.length === 0) return `${plan.title}: nothing to do.\n`;
  const lines = renderPlan(plan).map(({ kind, text }) => {
    const hang = kind === 'note' || kind === 'warning' || kind === 'blocked' ? text.indexOf(':') + 2 : 0;
    return paint(io, TONES[kind], hang > 0 ? wrap(text, Math.min(io.columns, 100), hang) : text);
  });
  return `${lines.join('\n')}\n`;
}

/** A plan as it was shown, with the digest that `--expect` takes. */
export type ShownPlan = PlanDiff & { readonly digest: string };

/** The JSON value of the plans that were shown, one after the other, and what became of them. */
export function planJson(plans: readonly ShownPlan[], outcome: 'applied' | 'not-applied' | 'refused'): object {
  return { format: 1, kind: 'plan', outcome, needsReboot: plans.some(({ reboot }) => reboot !== null), plans };
}
