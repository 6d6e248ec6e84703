// SPDX-License-Identifier: AGPL-3.0-or-later
import { listRomFiles } from '../../app/rom-list.ts';
import { type RomGpuView, romListRows } from '../../core/rom/rom-list-view.ts';
import type { Call } from '../command.ts';
import type { Io } from '../io.ts';
import { printView } from '../print-view.ts';
import { paint } from '../style.ts';

export async function run(call: Call): Promise<number> {
  const { io, options } = call;
  const view = await listRomFiles(await call.context(), { all: options.all === true });
  const none = 'No ROM file is installed, and no guest names one.';
  const code = printView(call, { kind: 'rom-list', view, rows: romListRows(view), none });
  if (options.json !== true) for (const gpu of view.gpus) io.out(gpuText(io, gpu, options.sources === true));
  return code;
}

/** What there is for one GPU, and where people get more. */
function gpuText(io: Io, { bdf, ids, name, fits, sources }: RomGpuView, isLong: boolean): string {
  const what = `${bdf} ${ids}${name === '' ? '' : ` ${name}`}`;
  const has = fits.length === 0 ? 'no ROM here has its id' : `${fits.join(', ')} ${fits.length === 1 ? 'is' : 'are'} for it`;
  const lines = [`\n${paint(io, 'strong', what)}: ${has}\n`];
  if (sources.length === 0) return lines.join('');
  if (!isLong) return `${lines.join('')}  ${sources.length} places to get one: pveigpu rom list --sources\n`;
  for (const { file, what: content, page, sha256, hashPage } of sources) {
    const hash = sha256 ?? (hashPage === null ? 'none is published' : `see ${hashPage}`);
    lines.push(`  ${file}: ${content}\n    ${paint(io, 'dim', `${page}\n    SHA-256: ${hash}`)}\n`);
  }
  return lines.join('');
}
