// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { Postinst } from './package.ts';

const INFO = '/var/lib/dpkg/info';

/** The files that dpkg put on the disk for a package that came with files. */
export function packageFiles(tree: FileTree, name: string): readonly string[] {
  return (tree.text(`${INFO}/${name}.list`) ?? '').split('\n').filter((line) => line !== '');
}

/** How the postinst of an installed package takes a failure: a shell script with `set -e` stops there. */
export function postinstOf(tree: FileTree, name: string): Postinst {
  return /^set -e$/m.test(tree.text(`${INFO}/${name}.postinst`) ?? '') ? 'stops' : 'goes-on';
}

/** Puts a package's files on the disk and notes which they are; those of the version before that are gone now are removed. */
export function unpackFiles(
  tree: FileTree,
  name: string,
  brings: { readonly files: { readonly [path: string]: string }; readonly postinst: Postinst },
): void {
  removeFiles(tree, name);
  for (const [path, text] of Object.entries(brings.files)) tree.setFile(path, text);
  tree.setFile(`${INFO}/${name}.list`, `${Object.keys(brings.files).join('\n')}\n`);
  tree.setFile(`${INFO}/${name}.postinst`, `#!/bin/sh\n${brings.postinst === 'stops' ? 'set -e\n' : ''}`, { mode: 0o755 });
}

/** Removes a package's files and the directories that are empty then. */
export function removeFiles(tree: FileTree, name: string): void {
  for (const path of packageFiles(tree, name)) {
    tree.remove(path);
    let folder = path.slice(0, path.lastIndexOf('/'));
    while (folder.split('/').length > 3 && tree.names(folder)?.length === 0) {
      tree.remove(folder);
      folder = folder.slice(0, folder.lastIndexOf('/'));
    }
  }
  for (const kind of ['list', 'postinst']) tree.remove(`${INFO}/${name}.${kind}`);
}
