// SPDX-License-Identifier: AGPL-3.0-or-later
import { isPerlBlank, perlTrim } from '../text/perl-space.ts';

/** A storage whose snippets are files below a folder. */
export interface SnippetStorage {
  readonly storage: string;
  /** The folder of its snippets, without a slash at the end. */
  readonly path: string;
  /** Whether its `content` lists `snippets`. PVE runs a hook script from a storage that does not, too. */
  readonly allowsSnippets: boolean;
}

/** Storage types with files in folders, and where each is mounted when it names no `path` (pve-storage, one plugin a type). */
const MOUNTED: { readonly [type: string]: boolean } = { dir: false, btrfs: false, nfs: true, cifs: true, cephfs: true };

/** The storage that exists even when the file does not name it (pve-storage Plugin.pm parse_config). */
const LOCAL: SnippetStorage = { storage: 'local', path: '/var/lib/vz/snippets', allowsSnippets: true };

/** Reads the storages of `/etc/pve/storage.cfg` that can hold snippets. `local` exists even when no file says so. */
export function parseSnippetStorages(text: string): readonly SnippetStorage[] {
  const found: SnippetStorage[] = [];
  for (const section of sectionsOf(text)) {
    const mounted = MOUNTED[section.type];
    if (mounted === undefined) continue;
    const base = section.options.get('path') ?? (mounted ? `/mnt/pve/${section.id}` : undefined);
    if (base === undefined) continue;
    found.push({
      storage: section.id,
      path: snippetFolder(base.replace(/\/+$/, ''), section.options.get('content-dirs')),
      allowsSnippets: (section.options.get('content') ?? 'images,rootdir').split(/[,;\s]+/).includes('snippets'),
    });
  }
  if (found.some((storage) => storage.storage === 'local')) return found;
  return [LOCAL, ...found];
}

/** The file with only what {@link parseSnippetStorages} reads: no servers, shares, users or exports. */
export function keptStorageConfig(text: string): string {
  return sectionsOf(text)
    .filter((section) => MOUNTED[section.type] !== undefined)
    .map(({ type, id, options }) => {
      const lines = ['path', 'content', 'content-dirs'].flatMap((key) => {
        const value = options.get(key);
        return value === undefined ? [] : [`\t${key} ${value}\n`];
      });
      return `${type}: ${id}\n${lines.join('')}\n`;
    })
    .join('');
}

function snippetFolder(base: string, contentDirs: string | undefined): string {
  const own = (contentDirs ?? '').split(/[,;\s]+/).find((entry) => entry.startsWith('snippets='));
  return `${base}/${own === undefined ? 'snippets' : own.slice('snippets='.length).replace(/^\/+|\/+$/g, '')}`;
}

interface StorageSection {
  readonly type: string;
  readonly id: string;
  readonly options: Map<string, string>;
}

function sectionsOf(text: string): readonly StorageSection[] {
  const sections: StorageSection[] = [];
  let current: StorageSection | undefined;
  for (const line of text.split('\n')) {
    if (isPerlBlank(line)) current = undefined;
    else if (/^\s*#/.test(line)) continue;
    else if (current === undefined) {
      const header = /^([a-z][a-z0-9]*):\s*(\S+)\s*$/i.exec(line);
      if (header === null) continue;
      current = { type: (header[1] ?? '').toLowerCase(), id: header[2] ?? '', options: new Map() };
      sections.push(current);
    } else {
      const option = /^\s+(\S+)(?:\s+(.*\S))?\s*$/.exec(line);
      if (option !== null) current.options.set(option[1] ?? '', perlTrim(option[2] ?? ''));
    }
  }
  return sections;
}
