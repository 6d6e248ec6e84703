// SPDX-License-Identifier: AGPL-3.0-or-later
import { fromBase64, toBase64 } from '../../core/plan/file-image.ts';
import { contentsNamed, printApart, withContents } from '../../core/plan/stored-apart.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import { sha256Hex } from '../../core/text/sha256.ts';
import type { Host } from '../../ports/host.ts';
import { STATE_DIR } from './state-paths.ts';

/**
 * Large contents of files (option ROMs, ACPI tables) that journal and ledger name by their SHA-256. A content is written before what names
 * it and removed after it, so that a name always leads to its bytes.
 */
const FOLDER = `${STATE_DIR}/contents`;

/** Steps are the same objects from one note of a run to the next, so that each content is hashed once. */
const HASHES = new WeakMap<object, string>();

/** The text of a value to store, with its large contents kept beside it. */
export async function keepContents(host: Host, value: object): Promise<Result<string>> {
  const { text, contents } = printApart(value, hashOf);
  for (const [hash, base64] of contents) {
    const kept = await keep(host, hash, base64);
    if (!kept.ok) return kept;
  }
  return ok(text);
}

/** A stored text with all its contents; fails with `format.unreadable` when one is gone or not what it was. */
export async function fillContents(host: Host, text: string, where: string): Promise<Result<string>> {
  const contents = new Map<string, string>();
  for (const hash of contentsNamed(text)) {
    const path = `${FOLDER}/${hash}`;
    const read = await host.readBytes(path);
    if (read.kind !== 'content' || sha256Hex(read.value) !== hash)
      return problem('format.unreadable', `${where} names ${path}, which is ${read.kind === 'content' ? 'damaged' : 'gone'}.`, {
        hint: 'Nothing was changed. Put a good copy in its place.',
        where: path,
      });
    contents.set(hash, toBase64(read.value));
  }
  return ok(withContents(text, contents));
}

/** Removes contents that none of the texts names. What cannot be removed is left: the folder is only larger then. */
export async function dropContents(host: Host, texts: () => Promise<readonly string[] | undefined>): Promise<void> {
  const listed = await host.list(FOLDER);
  if (listed.kind !== 'content' || listed.value.length === 0) return;
  const named = await texts();
  if (named === undefined) return;
  const needed = new Set(named.flatMap(contentsNamed));
  for (const name of listed.value) if (!needed.has(name)) await host.remove(`${FOLDER}/${name}`);
}

function hashOf(holder: object, base64: string): string {
  const known = HASHES.get(holder);
  if (known !== undefined) return known;
  const hash = sha256Hex(fromBase64(base64));
  HASHES.set(holder, hash);
  return hash;
}

async function keep(host: Host, hash: string, base64: string): Promise<Result<void>> {
  const path = `${FOLDER}/${hash}`;
  if ((await host.stat(path)).kind === 'content') return ok(undefined);
  const folder = await host.mkdir(FOLDER, { mode: 0o700 });
  return folder.ok ? await host.writeAtomic(path, fromBase64(base64), { mode: 0o600 }) : folder;
}
