// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../core/facts/section.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import { type ExtractView, extractView } from '../core/rom/extract/extract-view.ts';
import type { Inflaters } from '../core/rom/extract/firmware-walk.ts';
import { joinSearches, type SearchedFirmware, type SearchProgress, searchFirmware } from '../core/rom/extract/search-firmware.ts';
import { wrappingOf } from '../core/rom/extract/wrapping.ts';
import { visible } from '../core/text/visible.ts';
import type { Host } from '../ports/host.ts';
import type { Context } from './context.ts';
import { sense } from './sense/sense.ts';
import { unpackWrapped } from './unpack-wrapped.ts';

/** The largest update that is read: flash chips have up to 64 MiB, programs of vendors around their images some more. */
const MOST_BYTES = 256 * 1024 * 1024;
/** Files that come out of a program and are smaller are no firmware, and there are many of them. */
const LEAST_BYTES = 1024;
/** A program inside of another has at least an image of half a MiB in it. */
const LEAST_WRAPPED_BYTES = 512 * 1024;
/** Programs and archives in archives: so often another program is asked to unpack. */
const MOST_RUNS = 16;
/** Each archive in an archive takes room of its own in memory while those around it still have theirs (unpack-wrapped.ts: 512 MiB). */
const MOST_DEPTH = 3;
const TIME_MS = 120_000;

/** What a search in a firmware file needs beside the machine. */
export interface ExtractRequest {
  /** Where the file lies, which may be another machine than the one with the GPU. */
  readonly host: Host;
  readonly path: string;
  readonly inflaters: Inflaters;
  readonly onProgress?: (progress: SearchProgress) => void;
}

/** A firmware file with all that was found in it. */
export interface Extracted {
  readonly view: ExtractView;
  /** The bytes of each find by its SHA-256. */
  readonly content: ReadonlyMap<string, Uint8Array>;
}

/** Looks for option ROMs, GOP drivers and Video BIOS Tables in a firmware image or an update of a vendor; writes nothing. */
export async function extractRoms(context: Context, request: ExtractRequest): Promise<Result<Extracted>> {
  const { host, path } = request;
  const stat = await host.stat(path);
  if (stat.kind === 'content' && stat.value.sizeBytes > MOST_BYTES)
    return problem('format.unreadable', `${path} has ${stat.value.sizeBytes} bytes, more than any firmware.`, { where: path });
  const read = await host.readBytes(path, { maxBytes: MOST_BYTES });
  if (read.kind === 'absent') return problem('host.read', `There is no file ${path}.`, { where: path });
  if (read.kind === 'unreadable') return problem('host.read', `${path} cannot be read (${read.errno}).`, { where: path });
  const endMs = context.clock.nowMs() + TIME_MS;
  const isLate = () => context.clock.nowMs() > endMs;
  const remarks: string[] = [];
  const found = await searchInside(
    { ...request, isLate, remarks, runs: { left: MOST_RUNS } },
    { path, bytes: read.value, where: '', depth: 0 },
  );
  const facts = await sense(context.host, ['pci']);
  const pieces = [...found.roms, ...found.gops, ...found.vbts];
  return ok({
    view: extractView({ path, sizeBytes: read.value.length, remarks }, found, ifKnown(facts.pci)?.displays ?? []),
    content: new Map(pieces.map(({ sha256, bytes }) => [sha256, bytes])),
  });
}

interface Running extends ExtractRequest {
  readonly isLate: () => boolean;
  readonly remarks: string[];
  /** How often a program may still be asked. */
  readonly runs: { left: number };
}

/** Searches a file, and where it is a program or an archive, each file that comes out of it. */
async function searchInside(
  running: Running,
  {
    path,
    bytes,
    where,
    depth,
  }: { readonly path: string; readonly bytes: Uint8Array; readonly where: string; readonly depth: number },
): Promise<SearchedFirmware> {
  const found = search(bytes, running, where);
  const wrapping = wrappingOf(bytes);
  const { host, runs, remarks } = running;
  const isOuter = where === '';
  // a program around an image that is only stored has been looked into already, and small programs have no room for one
  if (wrapping === undefined || found.volumes > 0 || runs.left === 0 || (!isOuter && bytes.length < LEAST_WRAPPED_BYTES))
    return found;
  if (depth >= MOST_DEPTH) {
    remarks.push(`What is ${where}was not unpacked: it lies in ${MOST_DEPTH} other archives.`);
    return found;
  }
  runs.left -= 1;
  const inside = await unpackWrapped(host, path, wrapping, async (files) => {
    if (isOuter)
      remarks.push(`It was unpacked to ${files.length} ${files.length === 1 ? 'file' : 'files'}, each of which was searched.`);
    const searches: SearchedFirmware[] = [];
    for (const file of [...files].sort((a, b) => b.sizeBytes - a.sizeBytes)) {
      if (file.sizeBytes < LEAST_BYTES || file.sizeBytes > MOST_BYTES || running.isLate()) continue;
      const read = await host.readBytes(file.path);
      const place = `${where}in ${visible(file.name, 120)}, `;
      if (read.kind === 'content')
        searches.push(await searchInside(running, { path: file.path, bytes: read.value, where: place, depth: depth + 1 }));
    }
    return searches;
  });
  if (inside.ok) return joinSearches([found, ...inside.value]);
  const { message, hint } = inside.problem;
  if (isOuter) remarks.push(hint === undefined ? message : `${message} ${hint}`);
  return found;
}

function search(bytes: Uint8Array, { inflaters, onProgress, isLate }: Running, where: string): SearchedFirmware {
  const running = searchFirmware(bytes, { inflaters, isLate, where });
  for (;;) {
    const next = running.next();
    if (next.done === true) return next.value;
    onProgress?.(next.value);
  }
}
