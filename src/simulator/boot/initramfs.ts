// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../core/files/file-tree.ts';
import { moduleName } from '../kernel/modprobe-config.ts';
import { moduleSpec } from '../kernel/module-table.ts';
import type { ModuleSource } from '../kernel/modules.ts';

/** What an initramfs holds for our purpose: the module configuration and the modules as they were when it was built. */
export interface Initramfs {
  readonly release: string;
  /** `/etc/initramfs-tools/modules`: loaded by name before anything else. */
  readonly modules: readonly string[];
  readonly configFiles: { readonly [path: string]: string };
  readonly modulesDep: string;
  /** Module files by their path in modules.dep: a rebuilt module on the root file system is not the one in here. */
  readonly moduleFiles: { readonly [path: string]: string };
}

/** Files of the running system that an initramfs copies. */
const CONFIG_FOLDERS = ['/etc/modprobe.d', '/usr/lib/modprobe.d'];

/** Where modprobe looks on the running system. */
export function liveSource(tree: FileTree, release: string): ModuleSource {
  return {
    configFiles: configFiles(tree, [...CONFIG_FOLDERS, '/run/modprobe.d']),
    modulesDep: tree.text(`/lib/modules/${release}/modules.dep`) ?? '',
    moduleText: (path) => tree.text(`/lib/modules/${release}/${path}`),
  };
}

/** Where modprobe looks within an initramfs. */
export function initramfsSource(image: Initramfs): ModuleSource {
  const { configFiles, modulesDep, moduleFiles } = image;
  return { configFiles, modulesDep, moduleText: (path) => (Object.hasOwn(moduleFiles, path) ? moduleFiles[path] : undefined) };
}

/** A hook that takes the graphics drivers into the initramfs; Debian's `MODULES=most` alone leaves them out (initramfs-tools, hook-functions). */
export const GRAPHICS_HOOK = '/usr/share/initramfs-tools/hooks/plymouth';

/** Modules that `MODULES=most` leaves out: graphics, VFIO, sound, KVM, and what DKMS built. */
const LEFT_OUT = /^(?:updates\/|kernel\/(?:drivers\/(?:gpu|vfio|misc)|sound|arch)\/)/;

/** The text of a fresh initramfs for a kernel, as `update-initramfs` would build it now. */
export function buildInitramfs(tree: FileTree, release: string): string {
  const source = liveSource(tree, release);
  const modules = lines(tree.text('/etc/initramfs-tools/modules') ?? '');
  const wanted = withNeeds(modules, release);
  const all = tree.get(GRAPHICS_HOOK) !== undefined;
  const kept = source.modulesDep.split('\n').filter((line) => {
    const path = line.split(':')[0] ?? '';
    return all || !LEFT_OUT.test(path) || wanted.has(moduleOf(path));
  });
  const moduleFiles: { [path: string]: string } = {};
  for (const line of kept) {
    const path = line.split(':')[0] ?? '';
    const text = path === '' ? undefined : source.moduleText(path);
    if (text !== undefined) moduleFiles[path] = text;
  }
  const image: Initramfs = {
    release,
    modules,
    configFiles: configFiles(tree, CONFIG_FOLDERS),
    modulesDep: kept.join('\n'),
    moduleFiles,
  };
  return `${JSON.stringify({ simulatedInitramfs: 1, ...image }, null, 1)}\n`;
}

/** Modules with all that they need. */
function withNeeds(names: readonly string[], release: string): ReadonlySet<string> {
  const all = new Set<string>();
  const add = (name: string) => {
    const module = moduleName(name);
    if (all.has(module)) return;
    all.add(module);
    for (const needed of moduleSpec(module, 'stock', release)?.needs ?? []) add(needed);
  };
  for (const name of names) add(name);
  return all;
}

function moduleOf(path: string): string {
  return moduleName(path.slice(path.lastIndexOf('/') + 1).replace(/\.ko(\..*)?$/, ''));
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

/** What `lsinitramfs` shows of an image, sorted; the merged `/usr` as Debian has it. */
export function initramfsPaths(image: Initramfs): readonly string[] {
  const files = [
    ...Object.keys(image.configFiles).map((path) => path.slice(1)),
    ...Object.keys(image.moduleFiles).map((path) => `usr/lib/modules/${image.release}/${path}`),
    ...['conf/modules', 'init', 'bin', 'lib', 'sbin', `usr/lib/modules/${image.release}/modules.dep`],
  ];
  const folders = files.flatMap((path) => path.split('/').map((_, at, parts) => parts.slice(0, at).join('/') || '.'));
  return [...new Set([...folders, ...files])].sort();
}

/** The words of a module list, one a line, remarks left out. */
export function lines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim().split(/\s+/)[0] ?? '')
    .filter((line) => line !== '');
}

function configFiles(tree: FileTree, folders: readonly string[]): { [path: string]: string } {
  const files: { [path: string]: string } = {};
  for (const folder of folders)
    for (const name of tree.names(folder) ?? []) files[`${folder}/${name}`] = tree.text(`${folder}/${name}`) ?? '';
  return files;
}

function isInitramfs(value: unknown): value is Initramfs {
  return typeof value === 'object' && value !== null && 'simulatedInitramfs' in value && 'moduleFiles' in value;
}
