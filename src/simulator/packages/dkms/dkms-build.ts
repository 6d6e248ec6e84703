// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileTree } from '../../../core/files/file-tree.ts';
import type { Machine } from '../../machine.ts';
import { signingKey, signModule } from '../module-signature.ts';
import type { Output } from '../output.ts';
import { compileErrors } from './dkms-compile.ts';
import { applyPatch, dkmsOverrides, parallelJobs } from './dkms-overrides.ts';
import { ARCH, type DkmsModule, hasHeaders, isBuilt, moduleHome, readDkmsConf } from './dkms-tree.ts';

/** Exit code of dkms 3.2.2 for a kernel that `BUILD_EXCLUSIVE_KERNEL` leaves out. */
export const EXCLUDED = 77;

/** Builds a module for a kernel as `do_build` of dkms 3.2.2 does; the exit code. */
export function buildModule(machine: Machine, output: Output, module: DkmsModule, release: string, jobs: string): number {
  const { tree } = machine;
  const home = moduleHome(module);
  const base = `${home}/${release}/${ARCH}`;
  if (isBuilt(tree, module, release)) {
    output.say(
      `Module ${module.name}/${module.version} already built for kernel ${release} (${ARCH}), skip. You may override by specifying --force.`,
    );
    return 0;
  }
  const conf = readDkmsConf(tree, `${home}/source`);
  if (conf === undefined) {
    output.complain('', 'Error! Bad conf file.', `File: ${home}/source/dkms.conf does not represent a valid dkms.conf file.`);
    return 8;
  }
  const overrides = dkmsOverrides(tree, module, release);
  const exclusiveKernel = overrides.exclusiveKernel ?? conf.exclusiveKernel;
  if (exclusiveKernel !== undefined && !new RegExp(exclusiveKernel).test(release)) {
    output.complain(
      `Warning: The ${base}/dkms.conf`,
      `for module ${module.name}/${module.version} includes a BUILD_EXCLUSIVE directive`,
      'which does not match this kernel/arch/config.',
      'This indicates that it should not be built.',
    );
    return EXCLUDED;
  }
  if (!hasHeaders(tree, release)) {
    output.complain(
      '',
      `Error! Your kernel headers for kernel ${release} cannot be found at /lib/modules/${release}/build or /lib/modules/${release}/source.`,
      `Please install the linux-headers-${release} package or use the --kernelsourcedir option to tell DKMS where it's located.`,
    );
    return 21;
  }
  const key = signingKey(machine, output, release);
  const { patches } = overrides;
  return make(machine, output, { module, release, jobs: parallelJobs(tree) ?? jobs, modules: conf.modules, patches, key });
}

interface Job {
  readonly module: DkmsModule;
  readonly release: string;
  readonly jobs: string;
  readonly modules: readonly string[];
  readonly patches: readonly string[];
  /** The certificate with which modules are signed. */
  readonly key: string;
}

function make(machine: Machine, output: Output, { module, release, jobs, modules, patches, key }: Job): number {
  const { tree } = machine;
  const home = moduleHome(module);
  const build = `${home}/build`;
  const command = `make -j${jobs} KERNELRELEASE=${release} -C /lib/modules/${release}/build M=${build}`;
  tree.remove(build);
  copyTree(tree, `${home}/source`, build);
  const head =
    `DKMS (dkms-3.2.2) make.log for ${module.name}/${module.version} for kernel ${release} (${ARCH})\n` +
    `${new Date(machine.nowMs()).toUTCString()}\n`;
  let patched = '';
  for (const patch of patches) {
    const text = tree.text(`${build}/patches/${patch}`);
    if (text === undefined) {
      output.complain('', `Error! Patch ${patch} as specified in dkms.conf cannot be found in ${build}/patches/.`);
      return 5;
    }
    const applied = applyPatch(tree, build, text);
    patched += `\nApplying patch ${patch}\n# command: patch -p1 < ./patches/${patch}\n${applied.log}`;
    if (applied.ok) continue;
    tree.setFile(`${build}/make.log`, `${head}${patched}`);
    output.complain('', `Error! Application of patch ${patch} failed.`, `Consult ${build}/make.log for more information.`);
    return 6;
  }
  const errors = compileErrors(tree, build, release);
  const log =
    `${head}${patched}\nBuilding module(s)\n# command: ${command}\n` +
    `make: Entering directory '/usr/src/linux-headers-${release}'\n${(errors ?? []).map((line) => `${line}\n`).join('')}` +
    `\n# exit code: ${errors === undefined ? 0 : 2}\n# elapsed time: 00:01:12\n${'-'.repeat(64)}\n`;
  if (errors !== undefined) {
    tree.setFile(`${build}/make.log`, log);
    output.say('Building module(s)...(bad exit status: 2)', 'Failed command:', command);
    output.complain(
      '',
      `Error! Bad return status for module build on kernel: ${release} (${ARCH})`,
      `Consult ${build}/make.log for more information.`,
    );
    return 10;
  }
  const base = `${home}/${release}/${ARCH}`;
  output.say('Building module(s)... done.');
  for (const name of modules) {
    const file = `${build}/${name}.ko`;
    output.say(`Signing module ${file}`);
    tree.setFile(`${base}/module/${name}.ko`, signModule(moduleText(tree, module, name, release), key));
  }
  tree.setFile(`${base}/log/make.log`, log);
  tree.remove(build);
  return 0;
}

function copyTree(tree: FileTree, from: string, to: string): void {
  const start = tree.lookup(from);
  if (!('node' in start)) return;
  tree.setDirectory(to);
  for (const { path, node } of tree.walk(start.path))
    if (node.kind === 'file') tree.setFile(to + path.slice(start.path.length), node.content, { mode: node.mode });
}

/** What modinfo shows of a module that was built. */
export function moduleText(tree: FileTree, module: DkmsModule, name: string, release: string): string {
  const makefile = tree.text(`${moduleHome(module)}/source/Makefile`) ?? '';
  const origin = /^DKMS_MODULE_ORIGIN_KERNEL := "(.*)"$/m.exec(makefile)?.[1];
  return (
    `simulated module\nname: ${name}\nversion: ${module.version}-sriov\nvermagic: ${release}\n` +
    `${origin === undefined ? '' : `origin_kernel: ${origin}\n`}`
  );
}
