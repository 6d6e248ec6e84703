// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Diagnosis, DoctorView, UnmeasuredView } from '../core/doctor/doctor-view.ts';
import type { Severity } from '../core/doctor/finding.ts';
import { visible } from '../core/text/visible.ts';
import type { Io } from './io.ts';
import { paint, type Tone } from './style.ts';
import { table } from './table.ts';
import { wrap } from './wrap.ts';

type Paper = Pick<Io, 'colour' | 'columns'>;

const TONES: { readonly [K in Severity]: Tone } = { critical: 'bad', error: 'bad', warning: 'warn', advice: 'accent' };
const MARGIN = 10;
/** More than these are counted; `--json` has them all. */
const MOST_CONSEQUENCES = 6;
const MOST_EVIDENCE = 4;

/** What doctor found, for people: what to do first, the problems by area, the switches of the firmware, what is not known. */
export function doctorText(io: Paper, view: DoctorView): string {
  const paper = { ...io, columns: Math.min(Math.max(io.columns, 60), 120) };
  const parts = [
    headText(paper, view),
    firstText(paper, view.problems),
    ...areaTexts(paper, [...view.problems, ...view.advice]),
    switchText(paper, view),
    openText(paper, view),
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
  return `${paint(io, 'strong', 'Do first:')} ${wrap(what, io.columns - MARGIN, MARGIN)}\n`;
}

function areaTexts(io: Paper, all: readonly Diagnosis[]): readonly string[] {
  const areas = [...new Set(all.map(({ area }) => area))];
  return areas.map((area) => {
    const blocks = merged(all.filter((one) => one.area === area)).map((same) => blockText(io, same));
    return `${paint(io, 'dim', area.toUpperCase())}\n${blocks.join('')}`;
  });
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

function blockText(io: Paper, same: readonly [Diagnosis, ...Diagnosis[]]): string {
  const [first] = same;
  const { severity, title, id, remedy, fix, reference } = first;
  const room = io.columns - MARGIN;
  const head = `${paint(io, TONES[severity], severity.padEnd(MARGIN - 2))}${paint(io, 'strong', visible(title))}`;
  const gap = room - title.length - id.length;
  const labelled = (label: string, lines: readonly string[], tone: Tone = 'plain') =>
    lines.map((line, at) => {
      const text = wrap(visible(line, 400), room - 6, MARGIN + 6);
      return `${' '.repeat(MARGIN)}${paint(io, 'dim', (at === 0 ? label : '').padEnd(6))}${paint(io, tone, text)}`;
    });
  const lines = [
    `  ${head}${gap >= 2 ? ' '.repeat(gap) : `\n${' '.repeat(MARGIN)}`}${paint(io, 'dim', id)}`,
    ...shortened(
      same.map((one) => aboutText(one)),
      MOST_CONSEQUENCES,
    ).map((line) => ' '.repeat(MARGIN) + wrap(visible(line, 600), room, MARGIN)),
    ...labelled('do', [remedy]),
    ...(fix === undefined ? [] : labelled('run', [`pveigpu ${fix.arguments.join(' ')}`], 'accent')),
    ...(severity === 'advice'
      ? []
      : labelled(
          'seen',
          shortened(
            first.evidence.map(({ source, value }) => `${source}: ${value}`),
            MOST_EVIDENCE,
          ),
        )),
    ...labelled(
      'hence',
      shortened(
        same.flatMap((one) => below(one)),
        MOST_CONSEQUENCES,
      ),
    ),
    ...(severity === 'advice' ? [] : labelled('more', [reference])),
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

function openText(io: Paper, { unmeasured, deep }: DoctorView): string {
  const isLater = ({ needs, matters }: UnmeasuredView) => needs === 'deep' && !deep && !matters;
  const later = unmeasured.filter(isLater);
  const reasons = new Map<string, string[]>();
  for (const { because, subject, id } of unmeasured.filter((one) => !isLater(one)))
    reasons.set(because, [...(reasons.get(because) ?? []), subject === undefined ? id : `${id} of ${subject}`]);
  const lines = [...reasons].map(
    ([because, ids]) =>
      `${paint(io, 'warn', 'not known:')} ${wrap(`${visible(because)} (${shortened(ids, MOST_CONSEQUENCES).join(', ')})`, io.columns - 11, 11)}\n`,
  );
  if (later.length > 0)
    lines.push(`${paint(io, 'dim', `${count(later.length, 'check', 'checks')} more with pveigpu doctor --deep`)}\n`);
  return lines.join('');
}

function footText(io: Paper): string {
  return `${paint(io, 'dim', 'pveigpu explain ID says more; pveigpu doctor --report FILE writes a report that you can attach.')}\n`;
}
