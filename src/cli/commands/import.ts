// SPDX-License-Identifier: AGPL-3.0-or-later
import { type ImportView, importText } from '../../app/import.ts';
import type { ImportedSlice, ImportRemark } from '../../core/import/imported.ts';
import { visible } from '../../core/text/visible.ts';
import { refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import type { Io } from '../io.ts';
import { readOwnText } from '../read-own-text.ts';
import { paint, type Tone } from '../style.ts';
import { wrap } from '../wrap.ts';

const LEVELS: { readonly [K in ImportRemark['level']]: { readonly word: string; readonly tone: Tone } } = {
  does: { word: 'does', tone: 'plain' },
  risky: { word: 'risky', tone: 'bad' },
  outdated: { word: 'outdated', tone: 'warn' },
  left: { word: 'not taken over', tone: 'warn' },
};

export async function run(call: Call): Promise<number> {
  const { args, io, options } = call;
  const text = await readOwnText(call, args[0] ?? '-');
  if (!text.ok) return refuse(call, text.problem);
  const imported = await importText(await call.context(), text.value);
  if (!imported.ok) return refuse(call, imported.problem);
  const { form, guest, devices, remarks } = imported.value;
  if (options.json === true) {
    const shown = devices.map(({ slice, properties, assign }) => ({
      gives: nameOf(slice),
      here: assign.slice,
      command: assign.words === null ? null : commandOf(assign.words),
      properties: [...properties].map(([name, value]) => ({ name, value })),
    }));
    io.out(`${JSON.stringify({ format: 1, kind: 'import', form, guest, devices: shown, remarks }, null, 2)}\n`);
  } else print(io, imported.value);
  return EXIT.done;
}

function print(io: Io, { form, guest, devices, remarks }: ImportView): void {
  io.out(`A ${form} text${guest === null ? '' : ` for "${visible(guest, 80)}"`} that gives away:\n`);
  for (const { slice, assign } of devices) {
    io.out(`  ${nameOf(slice)}${assign.slice === null || slice.kind !== 'pci' ? '' : `, here ${assign.slice}`}\n`);
    const { words } = assign;
    if (words !== null) io.out(`    ${paint(io, 'strong', visible(commandOf(words), 300))}\n`);
  }
  for (const { level, text } of remarks) {
    const { word, tone } = LEVELS[level];
    io.out(`${paint(io, tone, word.padEnd(15))} ${wrap(visible(text, 600), Math.min(io.columns, 100) - 16, 16)}\n`);
  }
}

function commandOf(words: readonly string[]): string {
  return `pveigpu assign ${words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ')}`;
}

function nameOf(slice: ImportedSlice): string {
  if (slice.kind === 'render') return visible(slice.path, 100);
  if (slice.kind === 'pci') return slice.bdf;
  return `mediated device${slice.uuid === null ? '' : ` ${slice.uuid}`}${slice.type === null ? '' : ` of type ${visible(slice.type, 60)}`}`;
}
