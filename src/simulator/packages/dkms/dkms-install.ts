// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../../core/files/file-tree.ts';
import { depmod } from '../depmod.ts';
import type { Output } from '../output.ts';
import { ARCH, activeLink, type DkmsModule, isActive, isBuilt, moduleHome, originalModules } from './dkms-tree.ts';

const ORIGIN = '.origin';

/** Puts built modules into a kernel's tree as `do_install` of dkms 3.2.2 does; what the kernel package had goes to DKMS's archive. */
export function installBuilt(tree: FileTree, output: Output, module: DkmsModule, release: string): number {
  if (isActive(tree, module, release)) {
    output.say(
      `Module ${module.name}/${module.version} already installed on kernel ${release} (${ARCH}), skip. You may override by specifying --force.`,
    );
    return 0;
  }
  const root = `/lib/modules/${release}`;
  if (tree.names(root) === undefined) {
    output.complain('', `Error! The directory ${root} doesn't exist.`, 'You cannot install a module onto a non-existant kernel.');
    return 6;
  }
  const built = `${moduleHome(module)}/${release}/${ARCH}/module`;
  const archive = originalModules(module, release);
  const isFirst = tree.lookup(activeLink(module, release), false);
  for (const file of tree.names(built) ?? []) {
    const original = findModule(tree, root, file);
    if ('errno' in isFirst && original !== undefined) {
      output.say(`Found pre-existing ${original}, archiving for uninstallation`);
      tree.setFile(`${archive}/${file}`, tree.text(original) ?? '');
      tree.setFile(`${archive}/${file}${ORIGIN}`, `${original}\n`);
      tree.remove(original);
    }
    output.say(`Installing ${root}/updates/dkms/${file}`);
    tree.setFile(`${root}/updates/dkms/${file}`, tree.text(`${built}/${file}`) ?? '');
  }
  tree.setLink(activeLink(module, release), `${module.version}/${release}/${ARCH}`);
  depmod(tree, release);
  output.say('Running depmod... done.');
  return 0;
}

/** Takes a module version out of a kernel as `do_uninstall` and `do_unbuild` do, and puts the kernel's own modules back. */
export function removeBuilt(tree: FileTree, output: Output, module: DkmsModule, release: string): void {
  const about = `Module ${module.name}/${module.version}`;
  if (!isActive(tree, module, release)) output.say(`${about} is not installed for kernel ${release} (${ARCH}). Skipping...`);
  else uninstall(tree, output, module, release);
  if (!isBuilt(tree, module, release)) output.say(`${about} is not built for kernel ${release} (${ARCH}). Skipping...`);
  else removeWithEmptyParent(tree, `${moduleHome(module)}/${release}/${ARCH}`);
  output.say('');
}

function uninstall(tree: FileTree, output: Output, module: DkmsModule, release: string): void {
  const root = `/lib/modules/${release}`;
  const archive = originalModules(module, release);
  output.say(`Module ${module.name}/${module.version} for kernel ${release} (${ARCH}):`);
  output.say('Before uninstall, this module version was ACTIVE on this kernel.');
  for (const file of tree.names(`${moduleHome(module)}/${release}/${ARCH}/module`) ?? []) {
    output.say(`Deleting ${root}/updates/dkms/${file}`);
    removeWithEmptyParent(tree, `${root}/updates/dkms/${file}`, 3);
    const origin = tree.text(`${archive}/${file}${ORIGIN}`)?.trim();
    if (origin === undefined || tree.names(root) === undefined) continue;
    output.say(`Restoring archived original module ${origin}`);
    tree.setFile(origin, tree.text(`${archive}/${file}`) ?? '');
  }
  if (tree.names(root)?.length === 0) tree.remove(root);
  tree.remove(activeLink(module, release));
  depmod(tree, release);
  output.say('Running depmod... done.');
  if (tree.names(archive) === undefined) return;
  output.say(`Removing original module(s) from DKMS tree for kernel ${release} (${ARCH})`);
  removeWithEmptyParent(tree, archive, 3);
}

/** The one file of that name in a kernel's tree, hyphens and underscores being one. */
function findModule(tree: FileTree, root: string, file: string): string | undefined {
  const start = tree.lookup(root);
  if (!('node' in start)) return undefined;
  for (const { path, node } of tree.walk(start.path)) {
    const name = path.slice(path.lastIndexOf('/') + 1);
    if (node.kind === 'file' && name.replaceAll('-', '_') === file.replaceAll('-', '_'))
      return root + path.slice(start.path.length);
  }
  return undefined;
}

function removeWithEmptyParent(tree: FileTree, path: string, levels = 2): void {
  tree.remove(path);
  const parent = path.slice(0, path.lastIndexOf('/'));
  if (levels > 1 && tree.names(parent)?.length === 0) removeWithEmptyParent(tree, parent, levels - 1);
}
