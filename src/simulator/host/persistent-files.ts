// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { Disks } from '../boot/disks.ts';

/** What is new at every boot, and what `tmp` means. */
const VOLATILE = /^\/(proc|sys|run|dev|tmp)(\/|$)/;

/** Every file and link that survives a reboot, path to text; links as `-> target`, directories with a slash at their end. */
export function persistentFiles(disks: Disks): { readonly [path: string]: string } {
  const mounted = disks.mounts.map(({ at }) => `${at}/`);
  const root = [...entries(disks.root, '')].filter(([path]) => !mounted.some((at) => path.startsWith(at) && path !== at));
  const esps = disks.esps.flatMap(({ tree }, at) => [...entries(tree, at === 0 ? 'esp:' : `esp${at + 1}:`)]);
  return Object.fromEntries([...root, ...esps]);
}

function* entries(tree: FileTree, prefix: string): Generator<[string, string]> {
  for (const { path, node } of tree.walk()) {
    if (prefix === '' && VOLATILE.test(path)) continue;
    if (node.kind === 'file') {
      const text = typeof node.content === 'string' ? node.content : new TextDecoder().decode(node.content);
      yield [`${prefix}${path}`, text];
    } else if (node.kind === 'symlink') yield [`${prefix}${path}`, `-> ${node.target}`];
    else if (node.kind === 'directory' && path !== '/') yield [`${prefix}${path}/`, ''];
  }
}
