// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { SimulatedKernel } from '../kernel/kernel.ts';

/**
 * Writes what the administrator wants in sysfs at boot: `/etc/sysfs.conf` and `/etc/sysfs.d` (sysfsutils: `path = value` below
 * /sys) and `w` lines of `/etc/tmpfiles.d` (tmpfiles.d(5)). Guides make VFs that way. A refused write goes unnoticed there too.
 */
export function applySysfsSettings(kernel: SimulatedKernel, tree: FileTree): void {
  for (const path of ['/etc/sysfs.conf', ...filesOf(tree, '/etc/sysfs.d')])
    for (const line of (tree.text(path) ?? '').split('\n')) {
      const [, attribute, value] = /^\s*([^#\s=]+)\s*=\s*(\S+)/.exec(line) ?? [];
      if (attribute !== undefined && value !== undefined) kernel.write(`/sys/${attribute}`, value);
    }
  for (const path of filesOf(tree, '/etc/tmpfiles.d'))
    for (const line of (tree.text(path) ?? '').split('\n')) {
      const [type, attribute = '', , , , , value] = line.trim().split(/\s+/);
      if (/^w!?$/.test(type ?? '') && attribute.startsWith('/sys/') && value !== undefined) kernel.write(attribute, value);
    }
}

function filesOf(tree: FileTree, folder: string): readonly string[] {
  return (tree.names(folder) ?? []).filter((name) => name.endsWith('.conf')).map((name) => `${folder}/${name}`);
}
