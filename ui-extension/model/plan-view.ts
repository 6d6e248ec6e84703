// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PlanDiff, PlannedChange } from '../../src/core/plan/diff-plan.ts';
import type { Say } from './texts/say.ts';
import type { Tone } from './tone.ts';
import type { Planned } from './values.ts';

/** One line of a diff. */
export interface DiffLine {
  readonly kind: 'added' | 'removed' | 'place' | 'same';
  readonly text: string;
}

/** One step of a plan as it is shown. */
export interface PlanStep {
  readonly number: number;
  readonly title: string;
  readonly subject: string;
  readonly reason: string;
  readonly lines: readonly DiffLine[];
  /** The command that an administrator would type for the same; null when there is none. */
  readonly command: string | null;
  readonly does: string | null;
}

/** Something that one should know before agreeing. */
export interface PlanRemark {
  readonly tone: Tone;
  readonly text: string;
  readonly hint: string | null;
}

/** What `<pveigpu-plan-diff>` shows. */
export interface PlanView {
  readonly title: string;
  readonly isEmpty: boolean;
  readonly steps: readonly PlanStep[];
  readonly remarks: readonly PlanRemark[];
  /** Why the node must be rebooted; null when it need not. */
  readonly reboot: string | null;
  readonly next: { readonly text: string; readonly steps: readonly PlanStep[] } | null;
  /** Why it must not run as it is. */
  readonly blocked: string | null;
  /** Words of the component itself. */
  readonly words: {
    readonly steps: string;
    readonly remarks: string;
    readonly reboot: string;
    readonly blocked: string;
    readonly empty: string;
    readonly command: string;
  };
}

const TONES = { note: 'info', warning: 'warning', blocker: 'critical' } as const;

/** A plan as the service answers it, made ready to be shown. */
export function planView({ plan, blocked }: Planned, say: Say): PlanView {
  return {
    title: plan.title,
    isEmpty: plan.changes.length === 0 && plan.next === undefined,
    steps: stepsOf(plan.changes, say, 0),
    remarks: plan.remarks
      .filter(({ text }) => text !== plan.reboot)
      .map(({ level, text, hint }) => ({ tone: TONES[level], text, hint: hint ?? null })),
    reboot: rebootOf(plan),
    next: nextOf(plan, say),
    blocked,
    words: {
      steps: say('plan.steps'),
      remarks: say('plan.remarks'),
      reboot: say('plan.reboot'),
      blocked: say('plan.blocked'),
      empty: say('plan.empty'),
      command: say('field.command'),
    },
  };
}

/** A remark that says the same about the reboot gives its hint to it. */
function rebootOf({ reboot, remarks }: PlanDiff): string | null {
  const hint = remarks.find(({ text }) => text === reboot)?.hint;
  return reboot === null || hint === undefined ? reboot : `${reboot} ${hint}`;
}

function nextOf({ next, changes }: PlanDiff, say: Say): PlanView['next'] {
  return next === undefined ? null : { text: next.text, steps: stepsOf(next.changes, say, changes.length) };
}

function stepsOf(changes: readonly PlannedChange[], say: Say, before: number): readonly PlanStep[] {
  return changes.map(({ action, subject, reason, diff, command, does, value }, at) => ({
    number: before + at + 1,
    title: say(`action.${action}`),
    subject,
    reason,
    lines: [...diff.map(diffLine), ...(value === undefined ? [] : [{ kind: 'added', text: value } as const])],
    command: command === undefined ? null : command.map(quoted).join(' '),
    does: does ?? null,
  }));
}

/** A line of a unified diff by its first character; places (`@@`) and the remark about a missing newline have their own. */
export function diffLine(text: string): DiffLine {
  if (text.startsWith('+')) return { kind: 'added', text };
  if (text.startsWith('-')) return { kind: 'removed', text };
  return { kind: text.startsWith('@@') || text.startsWith('\\') ? 'place' : 'same', text };
}

/** A word as a shell takes it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
