// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Extracted, extractRoms } from '../../app/rom-extract.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import type { ExtractView } from '../../core/rom/extract/extract-view.ts';
import { composeInflaters } from '../../main/compose.ts';
import type { Host } from '../../ports/host.ts';
import { refuse } from '../carry-out.ts';
import type { Call } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { progressBar } from '../progress-bar.ts';
import { extractText } from '../rom-extract-text.ts';
import { filePlace } from '../rom-place.ts';

export async function run(call: Call): Promise<number> {
  const { io, options, args } = call;
  const { host, path } = await filePlace(call, args[0] ?? '');
  const bar = progressBar(io, 'searching');
  const found = await extractRoms(await call.context(), {
    host,
    path,
    inflaters: await composeInflaters(),
    onProgress: ({ doneBytes, totalBytes }) => bar.show(doneBytes / totalBytes),
  });
  bar.end();
  if (!found.ok) return refuse(call, found.problem);
  const written = options.list === true ? ok(found.value.view) : await writeFinds(call, found.value);
  if (!written.ok) return refuse(call, written.problem);
  const view = written.value;
  if (options.json === true) {
    const { format, ...rest } = view;
    io.out(`${JSON.stringify({ format, kind: 'rom-extract', ...rest }, null, 2)}\n`);
  } else io.out(extractText(io, view));
  return view.roms.length + view.gops.length + view.vbts.length === 0 ? EXIT.failed : EXIT.done;
}

/**
 * Writes the ROMs of displays, with `--all` everything. Names hold the hash, so a file that is there already with these bytes is the same one, and
 * others are replaced only with `--force`.
 */
async function writeFinds(call: Call, { view, content }: Extracted): Promise<Result<ExtractView>> {
  const { to, all, force } = call.options;
  const { host, path } = await filePlace(call, typeof to === 'string' ? to : '.');
  const made = await host.mkdir(path);
  if (!made.ok) return made;
  const files = new Map<string, string>();
  for (const { name, sha256, isWanted } of [
    ...view.roms.map((rom) => ({ ...rom, isWanted: rom.isDisplay })),
    ...[...view.gops, ...view.vbts].map((piece) => ({ ...piece, isWanted: false })),
  ]) {
    const bytes = content.get(sha256);
    if (bytes === undefined || (!isWanted && all !== true)) continue;
    const file = `${path === '/' ? '' : path}/${name}`;
    const done = await writeFind(host, file, bytes, force === true);
    if (!done.ok) return done;
    files.set(sha256, file);
  }
  const named = <T extends { readonly sha256: string }>(piece: T) => ({ ...piece, file: files.get(piece.sha256) ?? null });
  return ok({ ...view, roms: view.roms.map(named), gops: view.gops.map(named), vbts: view.vbts.map(named) });
}

async function writeFind(host: Host, file: string, bytes: Uint8Array, force: boolean): Promise<Result<void>> {
  const present = await host.readBytes(file, { maxBytes: bytes.length + 1 });
  if (present.kind === 'content') {
    const isSame = present.value.length === bytes.length && present.value.every((byte, at) => byte === bytes[at]);
    if (isSame) return ok(undefined);
    if (!force)
      return problem('usage', `${file} exists with other content.`, { hint: 'Give another folder with --to, or --force.' });
  }
  return await host.writeAtomic(file, bytes);
}
