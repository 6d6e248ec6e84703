// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ExtractedRom, ExtractView } from '../core/rom/extract/extract-view.ts';
import { EFI_CODE, LEGACY_CODE } from '../core/rom/rom-image.ts';
import { visible } from '../core/text/visible.ts';
import type { Io } from './io.ts';
import { paint } from './style.ts';
import { table } from './table.ts';

/** More faults than these are counted only: a damaged image has one in each part. */
const MOST_FAULTS = 5;

/** What was found in firmware, for people. */
export function extractText(io: Io, view: ExtractView): string {
  const { roms, gops, vbts, faults, stopped, remarks } = view;
  const parts = `${view.volumes} volumes, ${view.files} files, ${view.sections} sections`;
  const lines = [`${view.firmware}: ${view.bytes} bytes, ${parts}\n`];
  for (const layer of view.layers) lines.push(paint(io, 'dim', `  ${visible(layer, 120)}`).concat('\n'));
  const rows = [
    ...roms.map((rom) => [rom.file ?? rom.name, `${rom.bytes}`, imagesText(rom), fitText(rom), rom.where]),
    ...gops.map((gop) => {
      const what = `GOP driver ${gop.driver}${gop.version === undefined ? '' : ` ${gop.version}`}`;
      return [
        gop.file ?? gop.name,
        `${gop.bytes}`,
        what,
        gop.published === null ? 'no ROM yet' : `named on ${gop.published}`,
        gop.where,
      ];
    }),
    ...vbts.map((vbt) => [vbt.file ?? vbt.name, `${vbt.bytes}`, `VBT ${vbt.board} ${vbt.version}`, '', vbt.where]),
  ].map((row) => row.map((cell) => visible(cell, 120)));
  const none = 'No option ROM, GOP driver or VBT was found.\n';
  lines.push(rows.length === 0 ? none : table(io, ['FILE', 'BYTES', 'WHAT', 'FOR', 'WHERE'], rows));
  for (const { what, fault } of faults.slice(0, MOST_FAULTS))
    lines.push(`${paint(io, 'warn', 'damaged:')} ${visible(what, 80)} ${visible(fault, 120)}\n`);
  if (faults.length > MOST_FAULTS) lines.push(`${faults.length - MOST_FAULTS} more of that kind, see --json\n`);
  if (stopped !== null) lines.push(`${paint(io, 'warn', 'not searched to its end:')} ${stopped}\n`);
  for (const remark of remarks) lines.push(`${paint(io, 'accent', 'note')} ${visible(remark, 300)}\n`);
  return lines.join('');
}

function imagesText({ images }: ExtractedRom): string {
  const kind = (code: number) => (code === LEGACY_CODE ? 'x86' : code === EFI_CODE ? 'EFI' : `type ${code.toString(16)}`);
  const ids = [...new Set(images.map((image) => image.ids))];
  return `${ids.join(', ')} ${[...new Set(images.map(({ codeType }) => kind(codeType)))].join(' + ')}`;
}

function fitText({ fits, mayFit, isDisplay }: ExtractedRom): string {
  if (fits.length > 0) return fits.join(', ');
  if (mayFit.length > 0) return `perhaps ${mayFit.join(', ')}`;
  return isDisplay ? 'no GPU here' : 'no display';
}
