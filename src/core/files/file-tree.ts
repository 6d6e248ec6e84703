// SPDX-License-Identifier: AGPL-3.0-or-later

/** What can stand in a tree. `unreadable` is a file whose reading fails with that errno. */
export type TreeNode =
  | { kind: 'file'; content: string | Uint8Array; mode: number; uid: number; gid: number; unreadable?: string }
  | { kind: 'directory'; entries: Map<string, TreeNode>; mode: number; unreadable?: string }
  | { kind: 'symlink'; target: string }
  | { kind: 'device'; type: 'char' | 'block'; major: number; minor: number; mode: number; uid: number; gid: number }
  | { kind: 'fifo' };

export type TreeDirectory = Extract<TreeNode, { kind: 'directory' }>;

export interface Ownership {
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
}

const MAX_LINKS = 40;

/**
 * A file system in memory: directories, files, links (absolute ones stay inside) and device nodes.
 *
 * Invariants: every path given is absolute; `.` and empty parts are ignored and `..` never climbs above the root; parents
 * are made on demand by the `set` methods, which never follow a link in the last part.
 */
export class FileTree {
  readonly root: TreeDirectory = { kind: 'directory', entries: new Map(), mode: 0o755 };

  /** The node at a path, links followed in every part (the last one only with `follow`), or the errno. */
  lookup(path: string, follow = true): { node: TreeNode; path: string } | { errno: 'ENOENT' | 'ENOTDIR' | 'ELOOP' } {
    let todo = partsOf(path);
    let done: string[] = [];
    let links = 0;
    let node: TreeNode = this.root;
    while (todo.length > 0) {
      const [name = '', ...rest] = todo;
      todo = rest;
      if (name === '..') {
        done = done.slice(0, -1);
        node = this.#at(done) ?? this.root;
        continue;
      }
      if (node.kind !== 'directory') return { errno: 'ENOTDIR' };
      const next = node.entries.get(name);
      if (next === undefined) return { errno: 'ENOENT' };
      if (next.kind === 'symlink' && (follow || todo.length > 0)) {
        links += 1;
        if (links > MAX_LINKS) return { errno: 'ELOOP' };
        const target = partsOf(next.target);
        if (next.target.startsWith('/')) done = [];
        todo = [...target, ...todo];
        node = this.#at(done) ?? this.root;
        continue;
      }
      done = [...done, name];
      node = next;
    }
    return { node, path: `/${done.join('/')}` };
  }

  /** The node at a path with links followed, or undefined. */
  get(path: string): TreeNode | undefined {
    const found = this.lookup(path);
    return 'node' in found ? found.node : undefined;
  }

  /** The text of a file, or undefined when there is none. */
  text(path: string): string | undefined {
    const node = this.get(path);
    if (node?.kind !== 'file') return undefined;
    return typeof node.content === 'string' ? node.content : new TextDecoder().decode(node.content);
  }

  /** The sorted names in a directory, or undefined when it is none. */
  names(path: string): readonly string[] | undefined {
    const node = this.get(path);
    return node?.kind === 'directory' ? [...node.entries.keys()].sort() : undefined;
  }

  setFile(path: string, content: string | Uint8Array, owner: Ownership = {}): void {
    this.set(path, { kind: 'file', content, mode: owner.mode ?? 0o644, uid: owner.uid ?? 0, gid: owner.gid ?? 0 });
  }

  setDirectory(path: string, mode = 0o755): void {
    this.#directory(partsOf(path), mode);
  }

  setLink(path: string, target: string): void {
    this.set(path, { kind: 'symlink', target });
  }

  /** Puts a node at a path, replacing what is there; parents that are links are followed. */
  set(path: string, node: TreeNode): void {
    const parts = partsOf(path);
    const name = parts.pop();
    if (name === undefined) return;
    this.#directory(parts, 0o755).entries.set(name, node);
  }

  /** Removes a node with everything below it; a link itself, not its target. */
  remove(path: string): void {
    const parts = partsOf(path);
    const name = parts.pop();
    const parent = this.lookup(`/${parts.join('/')}`);
    if (name !== undefined && 'node' in parent && parent.node.kind === 'directory') parent.node.entries.delete(name);
  }

  /** Every node below a directory, links not followed, sorted by path. */
  *walk(path = '/'): Generator<{ path: string; node: TreeNode }> {
    const start = this.lookup(path);
    if (!('node' in start)) return;
    yield* walkFrom(start.path === '/' ? '' : start.path, start.node);
  }

  #at(parts: readonly string[]): TreeNode | undefined {
    let node: TreeNode | undefined = this.root;
    for (const name of parts) node = node?.kind === 'directory' ? node.entries.get(name) : undefined;
    return node;
  }

  #directory(parts: readonly string[], mode: number): TreeDirectory {
    let path = '';
    let here: TreeDirectory = this.root;
    for (const name of parts) {
      path += `/${name}`;
      const found = this.lookup(path);
      if ('node' in found && found.node.kind === 'directory') {
        here = found.node;
        continue;
      }
      const made: TreeDirectory = { kind: 'directory', entries: new Map(), mode };
      here.entries.set(name, made);
      here = made;
    }
    return here;
  }
}

function* walkFrom(path: string, node: TreeNode): Generator<{ path: string; node: TreeNode }> {
  yield { path: path === '' ? '/' : path, node };
  if (node.kind !== 'directory') return;
  for (const name of [...node.entries.keys()].sort()) {
    const child = node.entries.get(name);
    if (child !== undefined) yield* walkFrom(`${path}/${name}`, child);
  }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.');
}
