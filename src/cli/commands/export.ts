// SPDX-License-Identifier: AGPL-3.0-or-later
import { randomUUID } from 'node:crypto';
import { exportSlice } from '../../app/export.ts';
import { explainedText, exportedText } from '../../core/export/exported.ts';
import { EXPORT_FORMATS } from '../../core/export/format-table.ts';
import { parseGuestName, parseSliceWish, sliceText, UUID } from '../../core/export/slice-wish.ts';
import type { Result } from '../../core/problem.ts';
import { refuse } from '../carry-out.ts';
import type { Call, Options } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { displayWishOf } from '../mdev-options.ts';
import { Failure } from '../print-problem.ts';
import { gpuOf, textOf } from '../request.ts';
import { writeOwnFile } from '../write-own-file.ts';

export async function run(call: Call): Promise<number> {
  const { args, io, options } = call;
  const format = EXPORT_FORMATS.find(({ name }) => name === args[0]);
  if (format === undefined)
    throw new Failure({
      code: 'usage',
      message: `There is no format "${args[0] ?? ''}".`,
      hint: `Choose one of ${EXPORT_FORMATS.map(({ name }) => name).join(', ')}.`,
    });
  const display = displayWishOf(options);
  const exported = await exportSlice(await call.context(), format, {
    ...gpuOf(options),
    ...textOf(options, 'type', 'type'),
    ...parsed(options, 'slice', 'slice', parseSliceWish),
    ...parsed(options, 'guest', 'guest', parseGuestName),
    ...(display === undefined ? {} : { display }),
    asGuide: options.asGuide === true,
    uuid: uuidOf(options),
  });
  if (!exported.ok) return refuse(call, exported.problem);
  const { one, lines, notes } = exported.value;
  const text = exportedText({ lines, notes }, format.comment);
  const file = typeof options.output === 'string' && options.output !== '-' ? options.output : undefined;
  const written = file === undefined ? undefined : await writeOwnFile(call, file, text);
  if (written?.ok === false) return refuse(call, written.problem);
  const { slice } = one;
  const made = slice.kind === 'mdev' && !slice.exists && options.uuid === undefined ? slice.uuid : null;
  if (options.json === true) {
    const shown = lines.map(({ text: each, why = null }) => ({ text: each, why }));
    const value = {
      format: 1,
      kind: 'export',
      name: format.name,
      slice: sliceText(slice),
      file: written?.value ?? null,
      madeUuid: made,
      notes,
      lines: shown,
      text,
    };
    io.out(`${JSON.stringify(value, null, 2)}\n`);
    return EXIT.done;
  }
  if (file === undefined || options.explain === true) io.out(options.explain === true ? explainedText({ lines, notes }) : text);
  if (file !== undefined) io.out(`${file} holds it.\n`);
  if (made !== null) io.err(`The UUID ${made} was made for this; keep it with --uuid ${made}.\n`);
  return EXIT.done;
}

function parsed<K extends string, T>(
  options: Options,
  option: string,
  key: K,
  parse: (text: string) => Result<T>,
): { readonly [P in K]?: T } {
  const text = options[option];
  if (typeof text !== 'string') return {};
  const value = parse(text);
  if (!value.ok) throw new Failure(value.problem);
  return { [key]: value.value } as { readonly [P in K]?: T };
}

function uuidOf({ uuid }: Options): string {
  if (typeof uuid !== 'string') return randomUUID();
  if (UUID.test(uuid)) return uuid.toLowerCase();
  throw new Failure({
    code: 'usage',
    message: `"${uuid}" is no UUID.`,
    hint: 'Write it like a297db4a-f4c2-11e6-90f6-d3b88d6c9525, or leave it out.',
  });
}
