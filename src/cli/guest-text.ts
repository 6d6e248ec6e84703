// SPDX-License-Identifier: AGPL-3.0-or-later
import type { NeedsView } from '../core/inside/needs-view.ts';
import type { InsideCheck, VerifyView } from '../core/inside/verify-view.ts';
import { visible } from '../core/text/visible.ts';
import type { Io } from './io.ts';
import { paint, type Tone } from './style.ts';
import { table } from './table.ts';
import { wrap } from './wrap.ts';

const SLICES: { readonly [kind: string]: string } = {
  vf: 'a VF',
  mdev: 'a mediated device',
  gpu: 'the whole GPU',
  render: 'the render node',
};

/** What a guest needs, as numbered steps with the commands that do them. */
export function printNeeds(io: Io, { guest, os, kernel, slice, system, steps, unseen }: NeedsView): void {
  const what = os ?? { linux: 'Linux', windows: 'Windows', other: 'an unknown system' }[system];
  const under = kernel === null ? '' : `, kernel ${kernel}`;
  io.out(`${guest}: ${visible(what)}${visible(under)}; has ${SLICES[slice.kind]} of 8086:${slice.device} (${slice.key}).\n`);
  if (unseen !== null) io.out(`${paint(io, 'warn', 'not looked into:')} ${visible(unseen)}\n`);
  if (steps.length === 0) io.out('What this system needs is not known.\n');
  for (const [at, { text, by, done, commands }] of steps.entries()) {
    const mark = done ? paint(io, 'good', ' (done)') : by === 'you' && commands.length > 0 ? paint(io, 'warn', ' (by hand)') : '';
    io.out(`\n${wrap(`${`${at + 1}.`.padEnd(3)} ${visible(text)}`, io.columns, 4)}${mark}\n`);
    for (const command of commands) for (const line of command.split('\n')) io.out(`      ${visible(line)}\n`);
  }
}

const TONES: { readonly [L in InsideCheck['level']]: Tone } = { good: 'good', wrong: 'bad', unknown: 'warn', skipped: 'dim' };

/** How the slice does inside a guest: a table to attach, then what is wrong with what helps. */
export function printVerify(io: Io, { guest, os, kernel, works, checks, codecs, fps, unknown }: VerifyView): void {
  const head = [guest, ...(os === null ? [] : [os]), ...(kernel === null ? [] : [`kernel ${kernel}`])];
  io.out(`${visible(head.join(', '))}\n\n`);
  const rows = checks.map(({ id, level, text }) => [id, { text: level, tone: TONES[level] }, visible(text)]);
  if (rows.length > 0) io.out(table(io, ['CHECK', 'RESULT', 'WHAT'], rows));
  if (codecs.length > 0) {
    const yes = (is: boolean) => (is ? 'yes' : '-');
    const lines = codecs.map(({ codec, decodes, encodes, lowPower }) => [codec, yes(decodes), yes(encodes), yes(lowPower)]);
    io.out(`\n${table(io, ['VA-API', 'DECODE', 'ENCODE', 'LOW POWER'], lines)}`);
  }
  const rates = [
    fps.vaapi === null ? [] : [`VA-API ${Math.round(fps.vaapi)}`],
    fps.quickSync === null ? [] : [`Quick Sync ${Math.round(fps.quickSync)}`],
  ];
  if (rates.flat().length > 0) io.out(`\nFull HD to H.264, pictures a second: ${rates.flat().join(', ')}\n`);
  for (const { level, text, hint, evidence } of checks) {
    if (level !== 'wrong') continue;
    io.out(`\n${paint(io, 'bad', 'wrong')} ${visible(text)}\n`);
    for (const line of evidence) io.out(`      ${visible(line, 300)}\n`);
    if (hint !== undefined) io.out(`      ${visible(hint)}\n`);
  }
  io.out(`\n${{ yes: 'It works.', no: 'It does not work.', unknown: 'Not all could be measured.' }[works]}\n`);
  for (const line of unknown) io.err(`${paint(io, 'warn', 'could not be measured:')} ${visible(line)}\n`);
}
