// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../core/problem.ts';
import { sha256Hex } from '../core/text/sha256.ts';
import type { Host } from '../ports/host.ts';

/** Where a changed ROM and the original are. */
export interface WrittenRom {
  /** The changed ROM. */
  readonly file: string;
  /** The original, byte for byte. */
  readonly backup: string;
  /** False where both were there already. */
  readonly isNew: boolean;
}

/** What is to be written. */
export interface RomToWrite {
  /** Where the original is. */
  readonly path: string;
  readonly original: Uint8Array;
  readonly content: Uint8Array;
  /** Where the changed ROM goes; the same as `path` to change it in place. */
  readonly output: string;
  /** Replace an output that is another file already. */
  readonly force: boolean;
}

/** Writes first the backup of a ROM, then the changed one. The name of a backup has the hash of what it holds, so none replaces another. */
export async function writeFixedRom(
  host: Host,
  { path, original, content, output, force }: RomToWrite,
): Promise<Result<WrittenRom>> {
  const backup = `${path}.${sha256Hex(original).slice(0, 8)}.bak`;
  const kept = await contentAt(host, backup);
  if (!kept.ok) return kept;
  if (kept.value !== undefined && !isSame(kept.value, original))
    return problem('host.write', `${backup} is there already and is no copy of ${path}.`, { hint: 'Move it away first.' });
  const present = await contentAt(host, output);
  if (!present.ok) return present;
  const isThere = present.value !== undefined && isSame(present.value, content);
  if (present.value !== undefined && !isThere && output !== path && !force)
    return problem('usage', `${output} exists already and is another ROM.`, { hint: 'Give another --output, or --force.' });
  if (kept.value === undefined) {
    const saved = await host.writeAtomic(backup, original);
    if (!saved.ok) return saved;
  }
  if (!isThere) {
    const written = await host.writeAtomic(output, content);
    if (!written.ok) return written;
  }
  return ok({ file: output, backup, isNew: kept.value === undefined || !isThere });
}

/** Where a changed ROM goes when nobody says: `igd.rom` becomes `igd.fixed.rom`. */
export function fixedName(path: string): string {
  return path.replace(/(\.[^./]*)?$/, (extension) => `.fixed${extension}`);
}

async function contentAt(host: Host, path: string): Promise<Result<Uint8Array | undefined>> {
  const read = await host.readBytes(path);
  if (read.kind === 'content') return ok(read.value);
  return read.kind === 'absent' ? ok(undefined) : problem('host.read', `${path} cannot be read (${read.errno}).`);
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
