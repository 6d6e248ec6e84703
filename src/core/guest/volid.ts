// SPDX-License-Identifier: AGPL-3.0-or-later
import type { SnippetStorage } from './storage-config.ts';

/** `storage:snippets/name`, taken apart. */
export interface SnippetVolid {
  readonly storage: string;
  readonly name: string;
}

/** Reads a volume id that names a snippet; undefined for every other text (pve-storage Plugin.pm: no sub folders, no `..`). */
export function parseSnippetVolid(volid: string): SnippetVolid | undefined {
  const match = /^([a-z][a-z0-9\-_.]*[a-z0-9]):snippets\/([^/\s]+)$/i.exec(volid);
  if (match === null) return undefined;
  const [, storage = '', name = ''] = match;
  return name === '.' || name === '..' ? undefined : { storage, name };
}

/** The file that a snippet's volume id names, or undefined when the id or its storage is unknown. */
export function snippetPath(volid: string, storages: readonly SnippetStorage[]): string | undefined {
  const parsed = parseSnippetVolid(volid);
  const storage = storages.find((candidate) => candidate.storage === parsed?.storage);
  return parsed === undefined || storage === undefined ? undefined : `${storage.path}/${parsed.name}`;
}
