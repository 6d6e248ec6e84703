// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree, TreeNode } from '../files/file-tree.ts';
import type { Capture, CapturedNode } from './capture-entry.ts';

/** A capture of everything in a tree, every directory listed in full, nothing filtered: for trees that are made for tests. */
export function captureOfTree(tree: FileTree): Capture {
  return { entries: [...tree.walk()].map(({ path, node }) => nodeOf(path, node)) };
}

function nodeOf(path: string, node: TreeNode): CapturedNode {
  const owner = { uid: 0, gid: 0, sizeBytes: 0 };
  switch (node.kind) {
    case 'file': {
      const bytes = typeof node.content === 'string' ? new TextEncoder().encode(node.content) : node.content;
      const stat = { mode: node.mode, uid: node.uid, gid: node.gid, sizeBytes: bytes.length };
      if (node.unreadable !== undefined) return { kind: 'file', path, unreadable: node.unreadable, stat };
      return { kind: 'file', path, content: textOrBytes(bytes), stat };
    }
    case 'directory': {
      const stat = { ...owner, mode: node.mode };
      if (node.unreadable !== undefined) return { kind: 'directory', path, unreadable: node.unreadable, stat };
      return { kind: 'directory', path, names: [...node.entries.keys()].sort(), stat };
    }
    case 'symlink':
      return { kind: 'link', path, target: node.target };
    case 'device':
      return {
        kind: node.type,
        path,
        major: node.major,
        minor: node.minor,
        stat: { mode: node.mode, uid: node.uid, gid: node.gid, sizeBytes: 0 },
      };
    case 'fifo':
      return { kind: 'fifo', path, stat: { ...owner, mode: 0o644 } };
  }
}

/** The text of bytes that are valid UTF-8, else the bytes: no byte gets lost either way. */
export function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes;
  }
}
