// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../core/files/file-tree.ts';

/** Who holds which lock, by tree: two hosts over one tree are two processes of one machine. */
const held = new WeakMap<FileTree, Map<string, Promise<void>>>();

/** Waits until nobody holds the lock and takes it; answers the way to free it, or undefined when the time is up first. */
export async function takeTurn(tree: FileTree, path: string, timeoutMs: number): Promise<(() => void) | undefined> {
  const locks = held.get(tree) ?? new Map<string, Promise<void>>();
  held.set(tree, locks);
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), timeoutMs);
  });
  try {
    for (let holder = locks.get(path); holder !== undefined; holder = locks.get(path)) {
      if ((await Promise.race([holder, deadline])) === 'late') return undefined;
    }
  } finally {
    clearTimeout(timer);
  }
  let free = () => {};
  const mine = new Promise<void>((resolve) => {
    free = resolve;
  });
  locks.set(path, mine);
  return () => {
    if (locks.get(path) === mine) locks.delete(path);
    free();
  };
}
