// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FindingExplained, TextExplained } from '../core/doctor/explain/explain-view.ts';
import { visible } from '../core/text/visible.ts';
import type { Io } from './io.ts';
import { paint, type Tone } from './style.ts';
import { wrap } from './wrap.ts';

type Paper = Pick<Io, 'colour' | 'columns'>;

const MARGIN = 8;
const TONES: { readonly [weight: string]: Tone } = { cause: 'bad', unknown: 'warn', effect: 'warn', harmless: 'dim' };
const WORDS: { readonly [weight: string]: string } = {
  cause: 'error',
  unknown: 'unknown',
  effect: 'follows',
  harmless: 'harmless',
};

/** What the lines of a text mean, for people. */
export function explanationsText(io: Paper, { lines, explanations }: TextExplained): string {
  if (explanations.length === 0)
    return `Nothing in ${lines === 1 ? 'this line' : `these ${lines} lines`} speaks of an error with the GPU.\n`;
  return explanations
    .map(({ weight, line, lineNumber, text, hint, finding, source }) => {
      const place = lines > 1 && lineNumber > 0 ? `line ${lineNumber}: ` : '';
      const labelled = [
        ...(hint === undefined ? [] : [row(io, 'do', hint)]),
        ...(finding === undefined ? [] : [row(io, 'here', `pveigpu doctor --only ${finding} looks whether it is so.`)]),
        ...(source === undefined ? [] : [row(io, 'see', source)]),
      ];
      return [
        paint(io, 'dim', `${place}${visible(line)}`),
        `  ${paint(io, TONES[weight] ?? 'plain', WORDS[weight] ?? weight)}`,
        row(io, '', text),
        ...labelled,
        '',
      ].join('\n');
    })
    .join('\n');
}

/** What a finding is about, for people. */
export function findingText(
  io: Paper,
  { id, title, severity, reference, deep, follows, brings, texts }: FindingExplained,
): string {
  return [
    `${paint(io, 'strong', title)}  ${paint(io, 'dim', `${id}, ${severity}`)}`,
    ...texts.flatMap(({ text, hint }) => [row(io, '', text), ...(hint === undefined ? [] : [row(io, 'do', hint)])]),
    ...(follows.length === 0 ? [] : [row(io, 'from', follows.join(', '))]),
    ...(brings.length === 0 ? [] : [row(io, 'brings', brings.join(', '))]),
    row(io, 'here', `pveigpu doctor --only ${id}${deep ? ' --deep' : ''} looks whether it is so, and says what to do.`),
    row(io, 'see', reference),
    '',
  ].join('\n');
}

/** A label and a paragraph beside it. */
function row(io: Paper, label: string, text: string): string {
  const width = Math.min(Math.max(io.columns, 60), 120) - MARGIN - 2;
  const body = wrap(visible(text), width).replaceAll('\n', `\n${' '.repeat(MARGIN + 2)}`);
  return `  ${paint(io, 'dim', label.padEnd(MARGIN))}${body}`;
}
