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

/** A whole new or removed file of more lines than this is counted instead of shown; `--json` has it whole. */
const MOST_LINES = 12;

/**
 * A plan as lines of text: each change with its reason, its diff and its command, then the remarks. Repetitions (the same
 * writes for each VF) are folded. Nothing hostile is left in.
 */
export function renderPlan(plan: PlanDiff): readonly PlanLine[] {
  const lines: PlanLine[] = [{ kind: 'title', text: visible(plan.title) }, ...allChanges(plan.changes)];
  if (plan.next !== undefined) lines.push({ kind: 'title', text: visible(plan.next.text) }, ...allChanges(plan.next.changes));
  for (const { level, text, hint } of gravestLast(plan.remarks)) {
    const kind = LEVEL[level] as PlanLine['kind'];
    lines.push({ kind, text: `${LEVEL[level]}: ${visible(text)}${hint === undefined ? '' : ` ${visible(hint)}`}` });
  }
  return lines;
}

/** What stands last is what is read before the question or the refusal. */
function gravestLast(remarks: readonly Remark[]): readonly Remark[] {
  return (['note', 'warning', 'blocker'] as const).flatMap((level) => remarks.filter((remark) => remark.level === level));
}

function allChanges(changes: readonly PlannedChange[]): readonly PlanLine[] {
  return foldRepeats(changes).flatMap((change) =>
    typeof change === 'string' ? [{ kind: 'context' as const, text: change }] : changeLines(change),
  );
}

function changeLines(change: PlannedChange): readonly PlanLine[] {
  const value = change.value === undefined ? '' : ` = ${visible(change.value === '' ? '""' : change.value)}`;
  return [
    { kind: 'subject', text: `${shortPath(visible(change.subject))}${value}  (${visible(change.reason)})` },
    ...diffLines(change.diff),
    ...howLines(change),
  ];
}

/** The command where it is what runs; else the sentence that says what does. An initramfs is built by the command, and looked into. */
function howLines({ action, command, does }: PlannedChange): readonly PlanLine[] {
  const isRun = does === undefined || action === 'updateInitramfs';
  return [
    ...(command === undefined || !isRun ? [] : [{ kind: 'command' as const, text: `  $ ${shortCommand(command)}` }]),
    ...(does === undefined || isRun ? [] : [{ kind: 'context' as const, text: `  ${does}` }]),
  ];
}

/** Sysfs paths of PCI devices as `0000:00:02.0/sriov_numvfs`. */
function shortPath(path: string): string {
  return path.replace(/^\/sys\/bus\/pci\/(devices\/)?/, '');
}

function diffLines(diff: readonly string[]): readonly PlanLine[] {
  const body = diff.filter((line) => !line.startsWith('@@'));
  for (const [sign, kind, words] of [
    ['+', 'added', 'new'],
    ['-', 'removed', 'gone'],
  ] as const) {
    if (body.length > MOST_LINES && body.every((line) => line.startsWith(sign)))
      return [{ kind, text: `  ${sign} ${words}, ${body.length} lines` }];
  }
  return body.map((line): PlanLine => ({ kind: kindOf(line), text: `  ${visible(line.replaceAll('\t', '  '))}` }));
}

/** The command as it can be copied, but for a long list of `--map` and the description, which the diff above shows. */
function shortCommand(command: readonly string[]): string {
  const maps = command.filter((word) => word === '--map').length;
  if (maps < 2) return command.map(quoted).join(' ');
  const first = command.indexOf('--map');
  const rest = command
    .slice(first)
    .filter((word, i, all) => word !== '--map' && all[i - 1] !== '--map' && all[i - 1] !== '--description');
  const words = rest.map((word) => (word === '--description' ? '--description ...' : quoted(word)));
  return [...command.slice(0, first).map(quoted), `--map ... (${maps} entries)`, ...words].join(' ');
}

/** Runs of sysfs writes that repeat one or two attributes, with all but the first repetition as one line of text. */
function foldRepeats(changes: readonly PlannedChange[]): readonly (PlannedChange | string)[] {
  const folded: (PlannedChange | string)[] = [];
  for (let i = 0; i < changes.length; ) {
    const { period, times } = longestRepeat(changes, i);
    folded.push(...changes.slice(i, i + period));
    if (times > 2) folded.push(`  ... and the same for ${times - 1} more`);
    else folded.push(...changes.slice(i + period, i + period * times));
    i += period * times;
  }
  return folded;
}

function longestRepeat(changes: readonly PlannedChange[], start: number): { readonly period: number; readonly times: number } {
  const attribute = (change: PlannedChange | undefined) =>
    change?.value === undefined ? undefined : change.subject.slice(change.subject.lastIndexOf('/') + 1);
  let best = { period: 1, times: 1 };
  for (const period of [1, 2]) {
    let times = 1;
    const same = (k: number) =>
      attribute(changes[start + k]) !== undefined &&
      attribute(changes[start + k]) === attribute(changes[start + times * period + k]);
    while (Array.from({ length: period }, (_, k) => k).every(same)) times += 1;
    if (times > 2 && period * times > best.period * best.times) best = { period, times };
  }
  return best;
}

function kindOf(line: string): PlanLine['kind'] {
  if (line.startsWith('+')) return 'added';
  return line.startsWith('-') ? 'removed' : 'context';
}

/** A word as a shell would need it, so that the line can be copied. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? visible(word) : `'${visible(word.replaceAll("'", "'\\''"))}'`;
}
