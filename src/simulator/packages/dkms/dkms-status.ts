// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../../core/files/file-tree.ts';
import type { Output } from '../output.ts';
import { ARCH, addedModules, builtFor, isActive, isAdded, moduleHome, originalModules, readDkmsConf } from './dkms-tree.ts';

/** Prints `dkms status`: a line for each kernel that a module is built for, or one that says that it is only added. */
export function showStatus(
  tree: FileTree,
  output: Output,
  only: { readonly name?: string | undefined; readonly version?: string | undefined; readonly release?: string | undefined },
): void {
  for (const module of addedModules(tree)) {
    if ((only.name ?? module.name) !== module.name || (only.version ?? module.version) !== module.version) continue;
    const label = `${module.name}/${module.version}`;
    const releases = builtFor(tree, module).filter((release) => (only.release ?? release) === release);
    if (releases.length === 0) output.say(`${label}: added`);
    for (const release of releases) {
      const state = isActive(tree, module, release) ? 'installed' : 'built';
      const originals = tree.names(originalModules(module, release)) === undefined ? '' : ' (Original modules exist)';
      output.say(`${label}, ${release}, ${ARCH}: ${state}${originals}`);
    }
  }
}

/** `dkms add DIRECTORY`: copies a source to `/usr/src` unless it is there, and links it; the exit code. */
export function addModule(tree: FileTree, output: Output, directory: string): number {
  const from = directory.replace(/\/$/, '');
  const conf = readDkmsConf(tree, from);
  if (conf === undefined) {
    const isSource = from.startsWith('/usr/src/') && tree.names(from) === undefined;
    if (isSource) output.complain('', 'Error! Could not find module source directory.', `Directory: ${from} does not exist.`);
    else output.complain('', `Error! ${directory} must contain a dkms.conf file!`);
    return isSource ? 2 : 9;
  }
  const home = moduleHome(conf);
  const source = `/usr/src/${conf.name}-${conf.version}`;
  if (isAdded(tree, conf)) {
    output.complain('', `Error! DKMS tree already contains: ${conf.name}/${conf.version}`);
    output.complain('You cannot add the same module/version combo more than once.');
    return 3;
  }
  const start = tree.lookup(from);
  if (from !== source && 'node' in start)
    for (const { path, node } of tree.walk(start.path))
      if (node.kind === 'file') tree.setFile(source + path.slice(start.path.length), node.content, { mode: node.mode });
  output.say(`Creating symlink ${home}/source -> ${source}`);
  tree.setDirectory(`${home}/build`);
  tree.setLink(`${home}/source`, source);
  return 0;
}
