// SPDX-License-Identifier: AGPL-3.0-or-later
import { visible } from '../text/visible.ts';
import type { Remark } from './action.ts';
import type { PlanDiff, PlannedChange } from './diff-plan.ts';

const LEVEL: { readonly [K in Remark['level']]: string } = { note: 'note', warning: 'warning', blocker: 'blocked' };

/** One line of a shown plan; `kind` lets a terminal colour it. */
export interface PlanLine {
  readonly kind: 'title' | 'subject' | 'added' | 'removed' | 'context' | 'command' | 'note' | 'warning' | 'blocked';
  readonly text: string;
}

/** A plan as lines of text: each change with its reason, its diff and its command, then the remarks. Nothing hostile is left in. */
export function renderPlan(plan: PlanDiff): readonly PlanLine[] {
  const lines: PlanLine[] = [{ kind: 'title', text: visible(plan.title) }];
  for (const change of plan.changes) lines.push(...changeLines(change));
  for (const { level, text, hint } of plan.remarks) {
    const kind = LEVEL[level] as PlanLine['kind'];
    lines.push({ kind, text: `${LEVEL[level]}: ${visible(text)}${hint === undefined ? '' : ` ${visible(hint)}`}` });
  }
  return lines;
}

function changeLines(change: PlannedChange): readonly PlanLine[] {
  const value = change.value === undefined ? '' : ` = ${visible(change.value === '' ? '""' : change.value)}`;
  return [
    { kind: 'subject', text: `${visible(change.subject)}${value}  (${visible(change.reason)})` },
    ...change.diff.map((line): PlanLine => ({ kind: kindOf(line), text: `  ${visible(line)}` })),
    ...(change.command === undefined ? [] : [{ kind: 'command' as const, text: `  $ ${change.command.map(quoted).join(' ')}` }]),
  ];
}

function kindOf(line: string): PlanLine['kind'] {
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : 'context';
}

/** A word as a shell would need it, so that the line can be copied. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? visible(word) : `'${visible(word.replaceAll("'", "'\\''"))}'`;
}
