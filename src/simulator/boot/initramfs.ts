// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import type { ModuleSource } from '../kernel/modules.ts';

/** What an initramfs holds for our purpose: a copy of the module configuration as it was when it was built. */
export interface Initramfs extends ModuleSource {
  readonly release: string;
  /** `/etc/initramfs-tools/modules`: loaded by name before anything else. */
  readonly modules: readonly string[];
}

/** Files of the running system that an initramfs copies. */
const CONFIG_FOLDERS = ['/etc/modprobe.d', '/usr/lib/modprobe.d'];

/** The module configuration of the running system. */
export function liveSource(tree: FileTree, release: string): ModuleSource {
  const configFiles: { [path: string]: string } = {};
  for (const folder of [...CONFIG_FOLDERS, '/run/modprobe.d'])
    for (const name of tree.names(folder) ?? []) configFiles[`${folder}/${name}`] = tree.text(`${folder}/${name}`) ?? '';
  return { configFiles, modulesDep: tree.text(`/lib/modules/${release}/modules.dep`) ?? '' };
}

/** The text of a fresh initramfs for a kernel, as `update-initramfs` would build it now. */
export function buildInitramfs(tree: FileTree, release: string): string {
  const { configFiles, modulesDep } = liveSource(tree, release);
  const kept = Object.fromEntries(Object.entries(configFiles).filter(([path]) => !path.startsWith('/run/')));
  const image: Initramfs = {
    release,
    configFiles: kept,
    modulesDep,
    modules: lines(tree.text('/etc/initramfs-tools/modules') ?? ''),
  };
  return `${JSON.stringify({ simulatedInitramfs: 1, ...image }, null, 1)}\n`;
}

/** Reads an initramfs back; undefined when it is cut short or damaged. */
export function readInitramfs(text: string | undefined): Initramfs | undefined {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return isInitramfs(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The words of a module list, one a line, remarks left out. */
export function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/)[0] ?? '')
    .filter((line) => line !== '');
}

function isInitramfs(value: unknown): value is Initramfs {
  return typeof value === 'object' && value !== null && 'simulatedInitramfs' in value && 'configFiles' in value;
}
