// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Capture, CapturedNode, CapturedStat, PresentNode } from './capture-entry.ts';

/** As many links as the kernel follows in one path (include/linux/namei.h MAXSYMLINKS). */
const MAX_LINKS = 40;

/**
 * What is at a path of a captured machine. `directory` without a node is one that nobody listed but in which something
 * was found; `unknown` is a path of which the capture says nothing: neither that it was there nor that it was not.
 */
export type Found =
  | { readonly kind: 'node'; readonly node: PresentNode; readonly path: string }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'loop' }
  | { readonly kind: 'unknown' };

/** The files of a capture as a tree in which paths are looked up, links followed as on the machine itself. */
export class CapturedFiles {
  readonly #nodes = new Map<string, CapturedNode>();
  /** The names of listed directories, made when first asked for: a search in each list would be quadratic. */
  readonly #listed = new Map<string, ReadonlySet<string>>();
  readonly #directories = new Set<string>(['/']);
  readonly #free = new Map<string, number>();

  constructor(capture: Capture) {
    for (const entry of capture.entries) {
      if (entry.kind === 'command') continue;
      if (entry.kind === 'free') this.#free.set(entry.path, entry.bytes);
      else this.#nodes.set(entry.path, entry);
      if (entry.kind !== 'absent') this.#implyParents(entry.path);
    }
  }

  find(path: string, follow: boolean): Found {
    let todo = partsOf(path);
    let done: string[] = [];
    let links = 0;
    let found = this.#at('/');
    while (todo.length > 0) {
      const [name = '', ...rest] = todo;
      if (found.kind === 'node' && found.node.kind !== 'directory') return { kind: 'absent' };
      todo = rest;
      if (name === '..') {
        done = done.slice(0, -1);
        found = this.#at(pathOf(done));
        continue;
      }
      const next = this.#child(done, name);
      if (next.kind === 'node' && next.node.kind === 'link' && (follow || todo.length > 0)) {
        links += 1;
        if (links > MAX_LINKS) return { kind: 'loop' };
        if (next.node.target.startsWith('/')) done = [];
        todo = [...partsOf(next.node.target), ...todo];
        found = this.#at(pathOf(done));
        continue;
      }
      if (next.kind === 'absent') return next;
      if (next.kind === 'unknown')
        return this.#nodes.get(pathOf([...done, name, ...todo]))?.kind === 'absent' ? { kind: 'absent' } : next;
      done = [...done, name];
      found = next;
    }
    return found;
  }

  freeBytes(path: string): number | undefined {
    return this.#free.get(path);
  }

  #child(parent: readonly string[], name: string): Found {
    const found = this.#at(pathOf([...parent, name]));
    if (found.kind !== 'unknown') return found;
    return this.#listing(pathOf(parent))?.has(name) === false ? { kind: 'absent' } : found;
  }

  #listing(path: string): ReadonlySet<string> | undefined {
    const known = this.#listed.get(path);
    if (known !== undefined) return known;
    const directory = this.#nodes.get(path);
    if (directory?.kind !== 'directory' || directory.names === undefined) return undefined;
    const names = new Set(directory.names);
    this.#listed.set(path, names);
    return names;
  }

  #at(path: string): Found {
    const node = this.#nodes.get(path);
    if (node?.kind === 'absent') return { kind: 'absent' };
    // A file that could not be read may be a directory all the same, when something below it was found.
    const leaf = node !== undefined && (node.kind !== 'file' || !this.#directories.has(path));
    if (leaf) return { kind: 'node', node, path };
    return this.#directories.has(path) ? { kind: 'directory', path } : { kind: 'unknown' };
  }

  #implyParents(path: string): void {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) this.#directories.add(path.slice(0, at));
  }
}

/** What `stat` answers for a directory nobody asked it of. */
export const PLAIN_DIRECTORY: CapturedStat = { mode: 0o755, uid: 0, gid: 0, sizeBytes: 0 };

function pathOf(parts: readonly string[]): string {
  return `/${parts.join('/')}`;
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
