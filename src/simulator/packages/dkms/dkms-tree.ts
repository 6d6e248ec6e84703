// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../../core/files/file-tree.ts';

/** Root of dkms(8)'s own state. */
export const DKMS_TREE = '/var/lib/dkms';
/** The architecture that all simulated nodes have. */
export const ARCH = 'x86_64';

/** A module source that was added to DKMS. */
export interface DkmsModule {
  readonly name: string;
  readonly version: string;
}

/** What a dkms.conf says, as far as builds rest on it. */
export interface DkmsConf {
  readonly name: string;
  readonly version: string;
  readonly modules: readonly string[];
  readonly exclusiveKernel: string | undefined;
  readonly autoinstall: boolean;
}

/** Reads a dkms.conf; undefined when there is none or it names no package. */
export function readDkmsConf(tree: FileTree, directory: string): DkmsConf | undefined {
  const text = tree.text(`${directory}/dkms.conf`);
  if (text === undefined) return undefined;
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(text)?.[1];
  const [name, version] = [field('PACKAGE_NAME'), field('PACKAGE_VERSION')];
  if (name === undefined || version === undefined) return undefined;
  const modules = [...text.matchAll(/^BUILT_MODULE_NAME\[[0-9]+\]="?([^"\n]*)"?$/gm)].map((match) => match[1] ?? '');
  return {
    name,
    version,
    modules,
    exclusiveKernel: field('BUILD_EXCLUSIVE_KERNEL'),
    autoinstall: field('AUTOINSTALL') !== undefined,
  };
}

/** All added modules, by name and version. */
export function addedModules(tree: FileTree): readonly DkmsModule[] {
  return (tree.names(DKMS_TREE) ?? []).flatMap((name) =>
    (tree.names(`${DKMS_TREE}/${name}`) ?? [])
      .filter((version) => isAdded(tree, { name, version }))
      .map((version) => ({ name, version })),
  );
}

/** Where DKMS keeps a module version. */
export function moduleHome({ name, version }: DkmsModule): string {
  return `${DKMS_TREE}/${name}/${version}`;
}

/** Whether a module version is known to DKMS and its source is there. */
export function isAdded(tree: FileTree, module: DkmsModule): boolean {
  return tree.names(`${moduleHome(module)}/source`) !== undefined;
}

/** Kernels for which a module version is built, sorted. */
export function builtFor(tree: FileTree, module: DkmsModule): readonly string[] {
  return (tree.names(moduleHome(module)) ?? []).filter((release) => /^[0-9]/.test(release) && isBuilt(tree, module, release));
}

/** Whether a module version is built for a kernel. */
export function isBuilt(tree: FileTree, module: DkmsModule, release: string): boolean {
  return tree.names(`${moduleHome(module)}/${release}/${ARCH}`) !== undefined;
}

/** Whether a module version is the one that a kernel has installed. */
export function isActive(tree: FileTree, module: DkmsModule, release: string): boolean {
  const found = tree.lookup(activeLink(module, release), false);
  return 'node' in found && found.node.kind === 'symlink' && found.node.target === `${module.version}/${release}/${ARCH}`;
}

/** The link that says which version a kernel has installed. */
export function activeLink({ name }: DkmsModule, release: string): string {
  return `${DKMS_TREE}/${name}/kernel-${release}-${ARCH}`;
}

/** Where modules of the kernel package are kept while DKMS has put its own in their place. */
export function originalModules({ name }: DkmsModule, release: string): string {
  return `${DKMS_TREE}/${name}/original_module/${release}/${ARCH}`;
}

/** Kernels whose headers are there. */
export function hasHeaders(tree: FileTree, release: string): boolean {
  return tree.names(`/lib/modules/${release}/build/include`) !== undefined;
}
