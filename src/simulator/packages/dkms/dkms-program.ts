// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine, Program, ProgramAnswer } from '../../machine.ts';
import { NotInstalled, UnknownCall } from '../../programs/table.ts';
import { isInstalled } from '../dpkg-status.ts';
import { Output } from '../output.ts';
import { autoinstall } from './dkms-autoinstall.ts';
import { buildModule } from './dkms-build.ts';
import { installBuilt, removeBuilt } from './dkms-install.ts';
import { addModule, showStatus } from './dkms-status.ts';
import { builtFor, type DkmsModule, isAdded, isBuilt, moduleHome } from './dkms-tree.ts';

/** The `dkms` of the simulated node: version 3.2.2 of Debian 13 (https://github.com/dkms-project/dkms). */
export const dkms: Program = async (machine, argv) => {
  if (!isInstalled(machine.tree, 'dkms')) throw new NotInstalled('dkms');
  const { action, words, options } = parse(argv);
  const output = new Output();
  if (action === 'status') {
    showStatus(machine.tree, output, { name: options.m, version: options.v, release: options.k });
    return output.exit(0);
  }
  if (action === 'autoinstall') return output.exit(autoinstall(machine, output, options.k ?? running(machine)));
  if (action === 'add' && words[0] !== undefined && options.m === undefined)
    return output.exit(addModule(machine.tree, output, words[0]));
  const module = moduleOf(words, options);
  if (module === undefined) return noModule(output, action);
  if (action === 'add') return output.exit(addModule(machine.tree, output, `/usr/src/${module.name}-${module.version}`));
  if (action === 'build' || action === 'install' || action === 'remove')
    return output.exit(act(machine, output, { action, module, options }));
  throw new UnknownCall(argv);
};

interface Call {
  readonly action: string;
  readonly words: readonly string[];
  /** By short name; `all` for `--all`. */
  readonly options: { readonly [name: string]: string | undefined };
}

const LONG: { readonly [name: string]: string } = { '--kernelver': 'k', '--all': 'all' };

function parse(argv: readonly string[]): Call {
  const [, action = '', ...rest] = argv;
  const words: string[] = [];
  const options: { [name: string]: string } = {};
  for (let at = 0; at < rest.length; at += 1) {
    const word = rest[at] ?? '';
    if (!word.startsWith('-')) words.push(word);
    else if (word === '--all') options.all = 'yes';
    else {
      const name = LONG[word] ?? word.slice(1);
      if (!['m', 'v', 'k', 'j'].includes(name)) throw new UnknownCall(argv);
      at += 1;
      options[name] = rest[at] ?? '';
    }
  }
  return { action, words, options };
}

function moduleOf(words: readonly string[], options: Call['options']): DkmsModule | undefined {
  const [name, version] = options.m === undefined ? (words[0] ?? '').split('/') : [options.m, options.v];
  return name === undefined || name === '' || version === undefined ? undefined : { name, version };
}

function noModule(output: Output, action: string): ProgramAnswer {
  output.complain('', 'Error! Arguments <module> and <module-version> are not specified.');
  output.complain(`Usage: ${action} <module>/<module-version> or`, `       ${action} -m <module>/<module-version> or`);
  output.complain(`       ${action} -m <module> -v <module-version>`);
  return output.exit(1);
}

interface Act {
  readonly action: 'build' | 'install' | 'remove';
  readonly module: DkmsModule;
  readonly options: Call['options'];
}

function act(machine: Machine, output: Output, { action, module, options }: Act): number {
  const { tree } = machine;
  const release = options.k ?? running(machine);
  if (!isAdded(tree, module)) {
    const source = `/usr/src/${module.name}-${module.version}`;
    if (action === 'remove') {
      output.complain('', `Error! The module/version combo: ${module.name}/${module.version} is not located in the DKMS tree.`);
      return 3;
    }
    const added = addModule(tree, output, source);
    if (added !== 0) return added;
    output.say('');
  }
  if (action === 'remove') {
    const releases = options.all === undefined ? [release] : builtFor(tree, module);
    for (const one of releases) removeBuilt(tree, output, module, one);
    if (builtFor(tree, module).length === 0) {
      output.say(`Deleting module ${module.name}/${module.version} completely from the DKMS tree.`);
      tree.remove(moduleHome(module));
      if (tree.names(`/var/lib/dkms/${module.name}`)?.length === 0) tree.remove(`/var/lib/dkms/${module.name}`);
    }
    return 0;
  }
  if (action === 'build' || !isBuilt(tree, module, release)) {
    const code = buildModule(machine, output, module, release, options.j ?? '4');
    if (code !== 0 || action === 'build') return code;
  }
  return installBuilt(tree, output, module, release);
}

function running(machine: Machine): string {
  return machine.tree.text('/proc/sys/kernel/osrelease')?.trim() ?? '';
}
