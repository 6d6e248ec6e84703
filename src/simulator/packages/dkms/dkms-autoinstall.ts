// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine } from '../../machine.ts';
import { compareDebianVersions } from '../debian-version.ts';
import type { Output } from '../output.ts';
import { buildModule, EXCLUDED } from './dkms-build.ts';
import { installBuilt } from './dkms-install.ts';
import { ARCH, addedModules, type DkmsModule, isActive, isBuilt, moduleHome, readDkmsConf } from './dkms-tree.ts';

/** Builds and installs the newest version of every added module for a kernel, as `dkms autoinstall`; the exit code. */
export function autoinstall(machine: Machine, output: Output, release: string): number {
  const { tree } = machine;
  const names = { installed: [] as string[], skipped: [] as string[], failed: [] as string[] };
  for (const module of newest(addedModules(tree))) {
    if (isActive(tree, module, release)) {
      names.installed.push(module.name);
      continue;
    }
    if (readDkmsConf(tree, `${moduleHome(module)}/source`)?.autoinstall !== true) continue;
    output.say(`Autoinstall of module ${module.name}/${module.version} for kernel ${release} (${ARCH})`);
    const built = isBuilt(tree, module, release) ? 0 : buildModule(machine, output, module, release, '4');
    const code = built === 0 ? installBuilt(tree, output, module, release) : built;
    if (code === 0) names.installed.push(module.name);
    else if (code === EXCLUDED) names.skipped.push(module.name);
    else names.failed.push(`${module.name}(${code})`);
    output.say('');
  }
  if (names.installed.length > 0) output.say(`Autoinstall on ${release} succeeded for module(s) ${names.installed.join(' ')}.`);
  if (names.skipped.length > 0) output.say(`Autoinstall on ${release} was skipped for module(s) ${names.skipped.join(' ')}.`);
  if (names.failed.length === 0) return 0;
  output.say(`Autoinstall on ${release} failed for module(s) ${names.failed.join(' ')}.`);
  output.complain(
    '',
    'Error! One or more modules failed to install during autoinstall.',
    'Refer to previous errors for more information.',
  );
  return 11;
}

function newest(modules: readonly DkmsModule[]): readonly DkmsModule[] {
  const found = new Map<string, DkmsModule>();
  for (const module of modules) {
    const known = found.get(module.name);
    if (known === undefined || compareDebianVersions(module.version, known.version) > 0) found.set(module.name, module);
  }
  return [...found.values()];
}
