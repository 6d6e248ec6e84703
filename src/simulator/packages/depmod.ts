// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { Program } from '../machine.ts';
import { UnknownCall } from '../programs/table.ts';

/**
 * Writes `modules.dep` of a kernel from the module files that are there. Of two files with one name the one below `updates`
 * wins, and the other is not listed (depmod.d(5), `search updates ubuntu built-in` of the distribution).
 */
export function depmod(tree: FileTree, release: string): void {
  const root = `/lib/modules/${release}`;
  const start = tree.lookup(root);
  if (!('node' in start)) return;
  const winners = new Map<string, string>();
  for (const { path, node } of tree.walk(start.path)) {
    if (node.kind !== 'file' || !path.endsWith('.ko')) continue;
    const file = path.slice(start.path.length + 1);
    const name = file.slice(file.lastIndexOf('/') + 1).replaceAll('-', '_');
    const known = winners.get(name);
    if (known === undefined || (file.startsWith('updates/') && !known.startsWith('updates/'))) winners.set(name, file);
  }
  const lines = [...winners.values()].sort().map((file) => `${file}:\n`);
  tree.setFile(`${root}/modules.dep`, lines.join(''));
}

/** `depmod -a [RELEASE]`. */
export const depmodProgram: Program = async (machine, argv) => {
  const [, all, release = machine.tree.text('/proc/sys/kernel/osrelease')?.trim() ?? ''] = argv;
  if (all !== '-a' || argv.length > 3 || release.startsWith('-')) throw new UnknownCall(argv);
  if (machine.tree.names(`/lib/modules/${release}`) === undefined) {
    const stderr =
      `depmod: ERROR: could not open directory /lib/modules/${release}: No such file or directory\n` +
      'depmod: FATAL: could not search modules: No such file or directory\n';
    return { exitCode: 1, stdout: '', stderr };
  }
  depmod(machine.tree, release);
  return { exitCode: 0, stdout: '', stderr: '' };
};
