// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';

/** Replaces a file or makes it, through links, also dangling ones; an existing one keeps owner and mode. `ok` or the errno. */
export function replaceFile(tree: FileTree, path: string, content: string | Uint8Array, mode: number): string {
  const found = tree.lookup(path);
  if ('node' in found) {
    if (found.node.kind !== 'file') return found.node.kind === 'directory' ? 'EISDIR' : 'EINVAL';
    tree.setFile(found.path, content, { mode: found.node.mode, uid: found.node.uid, gid: found.node.gid });
    return 'ok';
  }
  if (found.errno !== 'ENOENT') return found.errno;
  const link = tree.lookup(path, false);
  const folder = path.slice(0, path.lastIndexOf('/')) || '/';
  if ('node' in link && link.node.kind === 'symlink') {
    const { target } = link.node;
    return replaceFile(tree, target.startsWith('/') ? target : `${folder}/${target}`, content, mode);
  }
  const parent = tree.get(folder);
  if (parent?.kind !== 'directory') return parent === undefined ? 'ENOENT' : 'ENOTDIR';
  tree.setFile(path, content, { mode });
  return 'ok';
}

/** Makes a directory and its missing parents, all with one mode; an existing one is fine. `ok` or the errno. */
export function makeDirectory(tree: FileTree, path: string, mode: number): string {
  const found = tree.lookup(path);
  if ('node' in found) return found.node.kind === 'directory' ? 'ok' : 'EEXIST';
  if (found.errno !== 'ENOENT') return found.errno;
  tree.setDirectory(path, mode);
  return 'ok';
}

/** Removes a file, a link or an empty directory; an absent one is fine. `ok` or the errno. */
export function removeEntry(tree: FileTree, path: string): string {
  const found = tree.lookup(path, false);
  if ('errno' in found) return found.errno === 'ELOOP' ? 'ELOOP' : 'ok';
  if (found.node.kind === 'directory' && found.node.entries.size > 0) return 'ENOTEMPTY';
  tree.remove(path);
  return 'ok';
}
