// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../../core/files/file-tree.ts';
import type { Machine } from '../../machine.ts';
import { compareDebianVersions } from '../debian-version.ts';
import type { Output } from '../output.ts';
import { EXCLUDED } from './dkms-build.ts';
import { type DkmsModule, hasHeaders, isActive, isBuilt, moduleHome, readDkmsConf } from './dkms-tree.ts';

/** Kernels that have something at `build`, oldest first: all that `autoinstall_all_kernels` builds for. */
export function builtKernels(tree: FileTree): readonly string[] {
  return (tree.names('/lib/modules') ?? [])
    .filter((release) => tree.get(`/lib/modules/${release}/build`) !== undefined)
    .sort((a, b) => compareDebianVersions(a, b));
}

/**
 * What `/usr/lib/dkms/common.postinst` of dkms 3.2.2 does for a source with `autoinstall_all_kernels`: forgets an old entry,
 * adds the source, builds and installs it for all kernels that have headers. A kernel that the source excludes is skipped; the
 * first other failure ends it. The exit code.
 */
export async function dkmsPostinst(machine: Machine, output: Output, source: string): Promise<number> {
  const { tree } = machine;
  const conf = readDkmsConf(tree, source);
  if (conf === undefined) return 1;
  const label = `${conf.name}/${conf.version}`;
  const run = async (...argv: readonly string[]) =>
    output.take(await machine.run(['dkms', ...argv, '-m', conf.name, '-v', conf.version]));
  if (tree.names(moduleHome(conf)) !== undefined) {
    output.say(`Removing old ${label} DKMS files...`);
    await run('remove', '--all');
  }
  output.say(`Loading new ${label} DKMS files...`);
  const added = await machine.run(['dkms', 'add', '-m', conf.name, '-v', conf.version]);
  if (added.exitCode !== 0) return output.take({ ...added, stdout: '' });
  if (!conf.autoinstall) {
    output.say(`Not building the ${conf.name} module which does not have AUTOINSTALL enabled.`);
    return 0;
  }
  const kernels = builtKernels(tree);
  output.say(`Building for ${listed(kernels)}`);
  for (const release of kernels) {
    const code = await forKernel(machine, output, conf, release, run);
    if (code !== 0) return code;
  }
  return 0;
}

async function forKernel(
  { tree }: Machine,
  output: Output,
  module: DkmsModule,
  release: string,
  run: (...argv: readonly string[]) => Promise<number>,
): Promise<number> {
  output.say('');
  if (!isBuilt(tree, module, release)) {
    if (!hasHeaders(tree, release)) {
      output.say(`Module build for kernel ${release} was skipped since the`);
      output.say('kernel headers for this kernel do not seem to be installed.');
      return 0;
    }
    output.say(`Building initial module ${module.name}/${module.version} for ${release}`);
    const code = await run('build', '-k', release);
    if (code !== 0) return code === EXCLUDED ? 0 : code;
  }
  return isActive(tree, module, release) ? 0 : await run('install', '-k', release);
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
