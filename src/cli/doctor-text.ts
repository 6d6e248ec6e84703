// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Diagnosis, DoctorView, UnmeasuredView } from '../core/doctor/doctor-view.ts';
import type { Severity } from '../core/doctor/finding.ts';
import { visible } from '../core/text/visible.ts';
import type { Io } from './io.ts';
import { paint, type Tone } from './style.ts';
import { table } from './table.ts';
import { wrap } from './wrap.ts';

type Paper = Pick<Io, 'colour' | 'columns'>;

const TONES: { readonly [K in Severity]: Tone } = {
  critical: 'bad',
  error: 'bad',
  warning: 'warn',
  advice: 'accent',
  note: 'dim',
};
const MARGIN = 11;
const LABEL = 6;
/** More than these are counted; `--json` has them all. */
const MOST_CONSEQUENCES = 6;
const MOST_EVIDENCE = 4;
const MOST_OPEN = 3;

/** What doctor found, for people: what to do first, the problems by area, the switches of the firmware, what is not known. */
export function doctorText(io: Paper, view: DoctorView): string {
  const paper = { ...io, columns: Math.min(Math.max(io.columns, 60), 120) };
  const parts = [
    headText(paper, view),
    firstText(paper, view.problems),
    ...areaTexts(paper, view.problems),
    adviceText(paper, view),
    switchText(paper, view),
    noteText(paper, view.notes) + openText(paper, view),
    view.problems.length > 0 ? footText(paper) : '',
  ];
  return parts.filter((part) => part !== '').join('\n');
}

function headText(io: Paper, view: DoctorView): string {
  const { answer, node } = view;
  const proxmox = node.pveVersion === null ? 'no Proxmox VE' : `Proxmox VE ${node.pveVersion}`;
  const tone = { healthy: 'good', problems: 'bad', unknown: 'warn' } as const;
  return `${paint(io, 'strong', `node ${visible(node.name)}`)}  ${proxmox}, kernel ${visible(node.kernel ?? 'unknown')}
${paint(io, tone[answer], answerText(view))}\n`;
}

function answerText({ answer, problems, advice, looked }: DoctorView): string {
  const more = advice.length === 0 ? '' : `, ${count(advice.length, 'piece of advice', 'pieces of advice')}`;
  if (answer === 'problems') return `${count(problems.length, 'problem', 'problems')}${more} (${looked} things were looked for)`;
  if (answer === 'unknown') return `nothing found${more}, but something that matters could not be looked at`;
  return `healthy: ${looked} things were looked for, none is wrong${more}`;
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}

function firstText(io: Paper, [first]: readonly Diagnosis[]): string {
  if (first === undefined) return '';
  const what =
    first.fix === undefined ? visible(first.remedy) : `pveigpu ${first.fix.arguments.map((word) => visible(word)).join(' ')}`;
  return `${paint(io, 'strong', 'Do first:')} ${hanging(io, what, 'Do first: '.length)}\n`;
}

function areaTexts(io: Paper, all: readonly Diagnosis[]): readonly string[] {
  const areas = [...new Set(all.map(({ area }) => area))];
  return areas.map((area) => {
    const blocks = merged(all.filter((one) => one.area === area)).map((same) => blockText(io, same, all.length === 1));
    return `${paint(io, 'dim', area.toUpperCase())}\n${blocks.join('')}`;
  });
}

/** Beside problems what else could be better is only named. */
function adviceText(io: Paper, { problems, advice }: DoctorView): string {
  const lines = merged(advice).map((same) => {
    const [{ title, id, remedy }] = same;
    const about = same.flatMap(({ subject }) => subject ?? []).join(', ');
    const head = titleLine(io, `${title}${about === '' ? '' : ` (${about})`}`, id, 2);
    return `  ${head}\n${problems.length > 0 ? '' : `${indented(io, remedy, 4)}\n`}`;
  });
  return lines.length === 0 ? '' : `${paint(io, 'dim', 'ADVICE')}\n${lines.join('')}`;
}

/** The title with the id at the right end of the line, or below where there is no room for both. */
function titleLine(io: Paper, title: string, id: string, column = MARGIN): string {
  const gap = io.columns - column - title.length - id.length;
  return `${paint(io, 'strong', visible(title))}${gap >= 2 ? ' '.repeat(gap) : `\n${' '.repeat(column)}`}${paint(io, 'dim', id)}`;
}

function indented(io: Paper, text: string, column = MARGIN): string {
  return ' '.repeat(column) + hanging(io, visible(text, 600), column);
}

/** A paragraph that begins at a column and goes on below it. */
function hanging({ columns }: Paper, text: string, column: number): string {
  return wrap(text, columns - column).replaceAll('\n', `\n${' '.repeat(column)}`);
}

/** The same problem of several subjects that want the same done is shown once. */
function merged(all: readonly Diagnosis[]): readonly (readonly [Diagnosis, ...Diagnosis[]])[] {
  const groups = new Map<string, [Diagnosis, ...Diagnosis[]]>();
  for (const one of all) {
    const key = JSON.stringify([one.id, one.remedy, one.fix]);
    const same = groups.get(key);
    if (same === undefined) groups.set(key, [one]);
    else same.push(one);
  }
  return [...groups.values()];
}

/** The only problem's remedy was said at the top, where it is no command. */
function blockText(io: Paper, same: readonly [Diagnosis, ...Diagnosis[]], isOnly: boolean): string {
  const [first] = same;
  const { severity, title, id, remedy, fix, reference } = first;
  const isSaid = isOnly && fix === undefined;
  const labelled = (label: string, lines: readonly string[], tone: Tone = 'plain') =>
    lines.map((line, at) => {
      const text = hanging(io, visible(line, 400), MARGIN + LABEL);
      return `${' '.repeat(MARGIN)}${paint(io, 'dim', (at === 0 ? label : '').padEnd(LABEL))}${paint(io, tone, text)}`;
    });
  const lines = [
    `  ${paint(io, TONES[severity], severity.padEnd(MARGIN - 2))}${titleLine(io, title, id)}`,
    ...shortened(same.map(aboutText), MOST_CONSEQUENCES).map((line) => indented(io, line)),
    ...labelled('do', isSaid ? [] : [remedy]),
    ...(fix === undefined ? [] : labelled('run', [`pveigpu ${fix.arguments.join(' ')}`], 'accent')),
    ...labelled(
      'seen',
      shortened(
        first.evidence.map(({ source, value }) => `${source}: ${value}`),
        MOST_EVIDENCE,
      ),
    ),
    ...labelled('hence', shortened(same.flatMap(below), MOST_CONSEQUENCES)),
    ...labelled('more', [reference]),
  ];
  return `${lines.join('\n')}\n`;
}

function aboutText({ subject, because }: Diagnosis): string {
  return subject === undefined || because.includes(subject) ? because : `${subject}: ${because}`;
}

/** All that follows from a problem, one line each, nearest first. */
function below({ consequences }: Diagnosis): readonly string[] {
  return consequences.flatMap((one) => [
    `${one.subject === undefined ? '' : `${one.subject}: `}${one.title} (${one.id})`,
    ...below(one),
  ]);
}

function shortened(lines: readonly string[], most: number): readonly string[] {
  const different = [...new Set(lines)];
  if (different.length <= most) return different;
  return [...different.slice(0, most - 1), `and ${different.length - most + 1} more (--json shows all)`];
}

function switchText(io: Paper, { switches }: DoctorView): string {
  const tones: { readonly [setting: string]: Tone } = { on: 'good', off: 'warn', unknown: 'dim', none: 'dim' };
  const rows = switches.map(({ name, gpu, setting, because }) => [
    gpu === undefined ? name : `${name} ${gpu}`,
    { text: visible(setting), tone: tones[setting] ?? ('plain' as const) },
    visible(because),
  ]);
  return table(io, ['FIRMWARE SWITCH', 'IS', 'KNOWN BY'], rows);
}

/** What people stumble over in the log, in one line. */
function noteText(io: Paper, notes: readonly Diagnosis[]): string {
  if (notes.length === 0) return '';
  const all = [...new Set(notes.map(({ title, id }) => `${title} (${id})`))].join('; ');
  return `${paint(io, 'dim', 'looks wrong and is not:')} ${hanging(io, visible(all), 24)}\n`;
}

function openText(io: Paper, { unmeasured, deep }: DoctorView): string {
  const isLater = ({ needs, matters }: UnmeasuredView) => needs === 'deep' && !deep && !matters;
  const later = unmeasured.filter(isLater);
  const reasons = new Map<string, string[]>();
  for (const { because, subject, id } of unmeasured.filter((one) => !isLater(one)))
    reasons.set(because, [...(reasons.get(because) ?? []), subject === undefined ? id : `${id} of ${subject}`]);
  const lines = [...reasons].map(
    ([because, ids]) => `${paint(io, 'warn', 'not known:')} ${hanging(io, `${visible(because)} ${whichText(ids)}`, 11)}\n`,
  );
  if (later.length > 0)
    lines.push(`${paint(io, 'dim', `${count(later.length, 'check', 'checks')} more with pveigpu doctor --deep`)}\n`);
  return lines.join('');
}

function whichText(ids: readonly string[]): string {
  return ids.length > MOST_OPEN ? `So ${ids.length} things could not be looked for.` : `(${ids.join(', ')})`;
}

function footText(io: Paper): string {
  const text = 'pveigpu explain ID says more; pveigpu doctor --report FILE writes a report that you can attach.';
  return `${paint(io, 'dim', hanging(io, text, 0))}\n`;
}
