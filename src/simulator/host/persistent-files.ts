// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { Disks } from '../boot/loader.ts';

/** What is new at every boot, and what `tmp` means. */
const VOLATILE = /^\/(proc|sys|run|dev|tmp)(\/|$)/;

/** Every file and link that survives a reboot, path to text; links as `-> target`, directories with a slash at their end. */
export function persistentFiles(disks: Disks): { readonly [path: string]: string } {
  return Object.fromEntries([...entries(disks.root, ''), ...entries(disks.esp, 'esp:')]);
}

function* entries(tree: FileTree, prefix: string): Generator<[string, string]> {
  for (const { path, node } of tree.walk()) {
    if (VOLATILE.test(path)) continue;
    if (node.kind === 'file') {
      const text = typeof node.content === 'string' ? node.content : new TextDecoder().decode(node.content);
      yield [`${prefix}${path}`, text];
    } else if (node.kind === 'symlink') yield [`${prefix}${path}`, `-> ${node.target}`];
    else if (node.kind === 'directory' && path !== '/') yield [`${prefix}${path}/`, ''];
  }
}
