// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree, TreeNode } from '../core/files/file-tree.ts';
import type { FileStat, Read } from '../ports/host.ts';

type Errno = { readonly errno: string };
const encoder = new TextEncoder();

/** What a read of a file of a tree answers: its bytes, or the errno that a kernel would give. */
export function treeBytes(tree: FileTree, path: string, maxBytes?: number): Read<Uint8Array> {
  const found = look(tree, path, true);
  if ('errno' in found) return answer(found.errno);
  const node = found.node;
  switch (node.kind) {
    case 'file': {
      if (node.unreadable !== undefined) return { kind: 'unreadable', errno: node.unreadable };
      const bytes = typeof node.content === 'string' ? encoder.encode(node.content) : node.content;
      return { kind: 'content', value: maxBytes === undefined ? bytes : bytes.slice(0, maxBytes) };
    }
    case 'directory':
      return { kind: 'unreadable', errno: 'EISDIR' };
    case 'fifo':
      return { kind: 'content', value: new Uint8Array() };
    case 'device':
      return { kind: 'unreadable', errno: 'ENXIO' };
    case 'symlink':
      return { kind: 'unreadable', errno: 'ELOOP' };
  }
}

export function treeList(tree: FileTree, path: string): Read<readonly string[]> {
  const found = look(tree, path, true);
  if ('errno' in found) return answer(found.errno);
  if (found.node.kind !== 'directory') return { kind: 'absent' };
  if (found.node.unreadable !== undefined) return { kind: 'unreadable', errno: found.node.unreadable };
  return { kind: 'content', value: [...found.node.entries.keys()].sort() };
}

export function treeLink(tree: FileTree, path: string): Read<string> {
  const found = look(tree, path, false);
  if ('errno' in found) return answer(found.errno);
  return found.node.kind === 'symlink' ? { kind: 'content', value: found.node.target } : { kind: 'unreadable', errno: 'EINVAL' };
}

export function treeStat(tree: FileTree, path: string, noFollow: boolean): Read<FileStat> {
  const found = look(tree, path, !noFollow);
  return 'errno' in found ? answer(found.errno) : { kind: 'content', value: statOf(found.node) };
}

/** Looks a path up; a relative path or one with a NUL byte is refused as the kernel or node would. */
export function look(tree: FileTree, path: string, follow: boolean): { readonly node: TreeNode; readonly path: string } | Errno {
  if (!path.startsWith('/') || path.includes('\0')) return { errno: 'EINVAL' };
  return tree.lookup(path, follow);
}

function statOf(node: TreeNode): FileStat {
  const owner = { uid: 0, gid: 0, sizeBytes: 0 };
  switch (node.kind) {
    case 'file':
      return { ...owner, kind: 'file', mode: node.mode, uid: node.uid, gid: node.gid, sizeBytes: sizeOf(node.content) };
    case 'directory':
      return { ...owner, kind: 'directory', mode: node.mode };
    case 'symlink':
      return { ...owner, kind: 'symlink', mode: 0o777 };
    case 'fifo':
      return { ...owner, kind: 'fifo', mode: 0o644 };
    case 'device': {
      const { mode, uid, gid, major, minor, type } = node;
      return { kind: type, mode, uid, gid, sizeBytes: 0, rdev: { major, minor } };
    }
  }
}

function sizeOf(content: string | Uint8Array): number {
  return typeof content === 'string' ? encoder.encode(content).length : content.length;
}

function answer(errno: string): { readonly kind: 'absent' } | { readonly kind: 'unreadable'; readonly errno: string } {
  return errno === 'ENOENT' || errno === 'ENOTDIR' ? { kind: 'absent' } : { kind: 'unreadable', errno };
}
