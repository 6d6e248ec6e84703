// SPDX-License-Identifier: AGPL-3.0-or-later
import { resolve } from 'node:path';
import { readRomFile } from '../../app/rom-file.ts';
import { fixedName, writeFixedRom } from '../../app/rom-fix.ts';
import { problem, type Result } from '../../core/problem.ts';
import { type FixedRom, fixObstacle, fixRom, type RomChange } from '../../core/rom/fix-rom.ts';
import { type OptionRom, parseOptionRom } from '../../core/rom/option-rom.ts';
import type { OptionRomImage } from '../../core/rom/rom-image.ts';
import { romInfo } from '../../core/rom/rom-info.ts';
import { visible } from '../../core/text/visible.ts';
import { nobodyAnswers, refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { askForFixes } from '../rom-fix-questions.ts';
import { chosenImages, wantedFields } from '../rom-fix-request.ts';
import { filePlace } from '../rom-place.ts';
import { fixedFieldsText } from '../rom-text.ts';

export async function run(call: Call): Promise<number> {
  const { io, options, args } = call;
  const place = await filePlace(call, args[0] ?? '');
  const read = await readRomFile(place.host, place.path);
  if (!read.ok) return refuse(call, read.problem);
  const rom = parseOptionRom(read.value);
  const obstacle = fixObstacle(rom);
  if (!obstacle.ok && !(options.force === true && obstacle.problem.code === 'gpu.cannot')) return refuse(call, obstacle.problem);
  const images = chosenImages(call, rom.images);
  if (!images.ok) return refuse(call, images.problem);
  const wanted = await wantedFields(call);
  if (!wanted.ok) return refuse(call, wanted.problem);
  // Who names nothing is asked, in which case the answers are the agreement.
  const asks = wanted.value === undefined && ![options.yes, options.dryRun, options.json].includes(true);
  const fixed = asks
    ? await askForFixes(io, read.value, rom, images.value)
    : fixAsNamed(call, read.value, rom, images.value, wanted.value);
  if (!fixed.ok) return refuse(call, fixed.problem);
  return await write(call, place, read.value, fixed.value, asks);
}

function fixAsNamed(
  { options }: Call,
  bytes: Uint8Array,
  rom: OptionRom,
  images: readonly OptionRomImage[],
  wanted: Omit<RomChange, 'offset'> | undefined,
): Result<FixedRom> {
  if (images.length === 0 && wanted !== undefined)
    return problem('gpu.cannot', 'There is no legacy image in this ROM, and UEFI firmware looks at no id.', {
      hint: 'Change the ids of its EFI images all the same with --efi.',
    });
  const other = images.find(({ vendor }) => wanted?.vendor !== undefined && vendor !== wanted.vendor);
  if (other !== undefined && options.vendor === undefined && options.force !== true)
    return problem('gpu.cannot', `The ROM is for ${other.vendor}:${other.device}, which is of another maker than the device.`, {
      hint: 'Take a ROM that is made for it, or go on with --force.',
    });
  const changes = images.map(({ offset }) => ({ offset, ...wanted }));
  return fixRom(bytes, rom, changes, { mendsChecksum: true });
}

async function write(
  call: Call,
  { host, path }: Awaited<ReturnType<typeof filePlace>>,
  original: Uint8Array,
  { content, fields }: FixedRom,
  isAgreed: boolean,
): Promise<number> {
  const { io, options } = call;
  const json = options.json === true;
  const print = (outcome: string, file: string | null, backup: string | null) => {
    if (!json) return;
    const value = { format: 1, kind: 'rom-fix', source: path, outcome, changes: fields, file, backup, rom: romInfo(content) };
    io.out(`${JSON.stringify(value, null, 2)}\n`);
  };
  if (!json) io.out(fields.length === 0 ? 'There is nothing to change in this ROM.\n' : fixedFieldsText(io, fields));
  if (fields.length === 0 || options.dryRun === true) {
    print('not-written', null, null);
    return EXIT.done;
  }
  const output = options.inPlace === true ? path : typeof options.output === 'string' ? resolve(options.output) : fixedName(path);
  if (!isAgreed && options.yes !== true) {
    if (json || !io.interactive) return refuse(call, nobodyAnswers(json));
    if (!(await io.confirm(`Write ${visible(output)}?`))) {
      io.err('Nothing was written.\n');
      return EXIT.failed;
    }
  }
  const written = await writeFixedRom(host, { path, original, content, output, force: options.force === true });
  if (!written.ok) return refuse(call, written.problem);
  const { file, backup, isNew } = written.value;
  print(isNew ? 'written' : 'not-written', file, backup);
  if (json) return EXIT.done;
  if (isNew) io.out(`${visible(file)} has the changed ROM, ${visible(backup)} the original.\n`);
  else io.out(`${visible(file)} has exactly this ROM already.\n`);
  return EXIT.done;
}
