// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree, TreeNode } from '../../core/files/file-tree.ts';
import type { FileStat, Read } from '../../ports/host.ts';

type Found = { readonly node: TreeNode } | { readonly answer: Exclude<Read<never>, { kind: 'content' }> };

/** Whether a kernel would take a path at all: absolute, without a NUL byte. */
export function isPath(path: string): boolean {
  return path.startsWith('/') && !path.includes('\0');
}

function find(tree: FileTree, path: string, follow = true): Found {
  if (!isPath(path)) return { answer: { kind: 'unreadable', errno: 'EINVAL' } };
  const found = tree.lookup(path, follow);
  if (!('errno' in found)) return { node: found.node };
  return { answer: found.errno === 'ELOOP' ? { kind: 'unreadable', errno: 'ELOOP' } : { kind: 'absent' } };
}

/** Reads a file's bytes. */
export function readFile(tree: FileTree, path: string, maxBytes = Number.POSITIVE_INFINITY): Read<Uint8Array> {
  const found = find(tree, path);
  if ('answer' in found) return found.answer;
  const { node } = found;
  if (node.kind === 'directory') return { kind: 'unreadable', errno: 'EISDIR' };
  if (node.kind !== 'file') return { kind: 'unreadable', errno: 'ENXIO' };
  if (node.unreadable !== undefined) return { kind: 'unreadable', errno: node.unreadable };
  // Root reads everything, but a sysfs attribute without a read bit has no `show`.
  if (/^\/sys\//.test(path) && (node.mode & 0o444) === 0) return { kind: 'unreadable', errno: 'EACCES' };
  const bytes = typeof node.content === 'string' ? new TextEncoder().encode(node.content) : node.content;
  return { kind: 'content', value: bytes.length > maxBytes ? bytes.slice(0, maxBytes) : bytes };
}

/** Lists a directory, sorted by name. */
export function listDirectory(tree: FileTree, path: string): Read<readonly string[]> {
  const found = find(tree, path);
  if ('answer' in found) return found.answer;
  if (found.node.kind !== 'directory') return { kind: 'absent' };
  if (found.node.unreadable !== undefined) return { kind: 'unreadable', errno: found.node.unreadable };
  return { kind: 'content', value: [...found.node.entries.keys()].sort() };
}

/** The target of a link. */
export function readLinkAt(tree: FileTree, path: string): Read<string> {
  const found = find(tree, path, false);
  if ('answer' in found) return found.answer;
  if (found.node.kind !== 'symlink') return { kind: 'unreadable', errno: 'EINVAL' };
  return { kind: 'content', value: found.node.target };
}

/** Mode, owner, size and device numbers. */
export function statAt(tree: FileTree, path: string, follow: boolean): Read<FileStat> {
  const found = find(tree, path, follow);
  if ('answer' in found) return found.answer;
  return { kind: 'content', value: statOf(found.node) };
}

function statOf(node: TreeNode): FileStat {
  const plain = { uid: 0, gid: 0, sizeBytes: 0 };
  switch (node.kind) {
    case 'file': {
      const sizeBytes = typeof node.content === 'string' ? new TextEncoder().encode(node.content).length : node.content.length;
      return { kind: 'file', mode: node.mode, uid: node.uid, gid: node.gid, sizeBytes };
    }
    case 'directory':
      return { ...plain, kind: 'directory', mode: node.mode };
    case 'symlink':
      return { ...plain, kind: 'symlink', mode: 0o777, sizeBytes: node.target.length };
    case 'device': {
      const rdev = { major: node.major, minor: node.minor };
      return { ...plain, kind: node.type, mode: node.mode, uid: node.uid, gid: node.gid, rdev };
    }
    case 'fifo':
      return { ...plain, kind: 'fifo', mode: 0o600 };
  }
}
