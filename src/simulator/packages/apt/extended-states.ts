// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../../core/files/file-tree.ts';

const FILE = '/var/lib/apt/extended_states';

/** Notes which packages apt installed by itself, because others need them (apt-mark(8)). */
export function markAutomatic(tree: FileTree, names: readonly string[]): void {
  write(tree, [...new Set([...marked(tree), ...names])]);
}

/** Forgets the mark: a package is gone, or somebody asks for it by name. */
export function unmarkAutomatic(tree: FileTree, names: readonly string[]): void {
  write(
    tree,
    marked(tree).filter((name) => !names.includes(name)),
  );
}

function marked(tree: FileTree): readonly string[] {
  return [...(tree.text(FILE) ?? '').matchAll(/^Package: (.*)$/gm)].map(([, name = '']) => name);
}

function write(tree: FileTree, names: readonly string[]): void {
  if (names.length === 0) tree.remove(FILE);
  else tree.setFile(FILE, names.map((name) => `Package: ${name}\nArchitecture: amd64\nAuto-Installed: 1\n\n`).join(''));
}
