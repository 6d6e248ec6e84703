// SPDX-License-Identifier: AGPL-3.0-or-later
import { known, type Reading, unknown } from '../../core/facts/section.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host, Read, ReadOptions } from '../../ports/host.ts';

/** A one-line attribute, trimmed and made visible; an empty one is absent. */
export async function readAttribute(host: Host, path: string, options?: ReadOptions): Promise<Reading<string>> {
  return attributeReading(path, await host.read(path, options));
}

/** Turns the answer of a read into a reading, trimmed and made visible; an empty text is absent. */
export function attributeReading(path: string, read: Read<string>): Reading<string> {
  if (read.kind === 'absent') return { state: 'absent' };
  if (read.kind === 'unreadable') return unreadable(path, read.errno);
  const text = visible(read.value.trim());
  return text === '' ? { state: 'absent' } : known(text);
}

/** The raw text of a file, or undefined when it is absent or unreadable and the difference does not matter. */
export async function readOptional(host: Host, path: string, options?: ReadOptions): Promise<string | undefined> {
  const read = await host.read(path, options);
  return read.kind === 'content' ? read.value : undefined;
}

/** The names in a directory, none when it is absent or unreadable and the difference does not matter. */
export async function listOptional(host: Host, path: string): Promise<readonly string[]> {
  const read = await host.list(path);
  return read.kind === 'content' ? read.value : [];
}

/** The reason for a file that is there and cannot be read. */
export function unreadable(path: string, errno: string): { readonly state: 'unknown'; readonly reason: string } {
  return unknown(`${path} cannot be read (${errno})`);
}
