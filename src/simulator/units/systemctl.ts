// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine, Program, ProgramAnswer } from '../machine.ts';
import { Output } from '../packages/output.ts';
import { UnknownCall } from '../programs/table.ts';
import { readUnit, type UnitFile, wantsLinks } from './unit-file.ts';
import type { Units } from './units.ts';

const NO_INSTALL = `The unit files have no installation config (WantedBy=, RequiredBy=, UpheldBy=,
Also=, or Alias= settings in the [Install] section, and DefaultInstance= for
template units). This means they are not meant to be enabled or disabled using systemctl.`;

/** The calls of `systemctl` that host set-up makes, as systemd 257 of Debian 13 answers them. */
export function systemctl(units: Units): Program {
  return async (machine, argv) => {
    const output = new Output();
    const options = argv.slice(1).filter((word) => word.startsWith('-'));
    const [verb, ...names] = argv.slice(1).filter((word) => !word.startsWith('-'));
    if (options.some((option) => option !== '--no-block') || (options.length > 0 && verb !== 'start'))
      throw new UnknownCall(argv);
    const [name] = names;
    if (verb === 'daemon-reload' && name === undefined) {
      units.daemonReload();
      return output.exit(0);
    }
    if (verb === 'reboot' && name === undefined) {
      units.rebootAsked = true;
      return output.exit(0);
    }
    if (verb === 'is-system-running' && name === undefined) {
      output.say(units.hasFailed() ? 'degraded' : 'running');
      return output.exit(units.hasFailed() ? 1 : 0);
    }
    if (verb === 'is-active' && name !== undefined) return isActive(machine, output, units, names);
    if (name === undefined || names.length !== 1) throw new UnknownCall(argv);
    if (verb === 'is-enabled') return isEnabled(machine, output, name);
    if (verb === 'enable' || verb === 'disable') {
      units.daemonReload();
      return install(machine, output, verb, name);
    }
    if (verb !== 'start' || options.length !== 1) throw new UnknownCall(argv);
    const unit = units.unit(machine, name);
    if (unit === undefined) output.complain(`Failed to start ${name}: Unit ${name} not found.`);
    else if (unit.masked) output.complain(`Failed to start ${name}: Unit ${name} is masked.`);
    else units.start(machine, unit);
    return output.exit(unit === undefined ? 5 : unit.masked ? 1 : 0);
  };
}

function isActive(machine: Machine, output: Output, units: Units, names: readonly string[]): ProgramAnswer {
  const states = names.map((name) => units.state(name));
  output.say(...states);
  if (states.includes('active')) return output.exit(0);
  return output.exit(names.some((name) => readUnit(machine.tree, name) !== undefined) ? 3 : 4);
}

function isEnabled({ tree }: Machine, output: Output, name: string): ProgramAnswer {
  const unit = readUnit(tree, name);
  if (unit === undefined) {
    output.say('not-found');
    return output.exit(4);
  }
  const linked = wantsLinks(unit).some((path) => 'node' in tree.lookup(path, false));
  const word = unit.masked ? 'masked' : linked ? 'enabled' : unit.wantedBy.length === 0 ? 'static' : 'disabled';
  output.say(word);
  return output.exit(word === 'enabled' || word === 'static' ? 0 : 1);
}

function install({ tree }: Machine, output: Output, verb: 'enable' | 'disable', name: string): ProgramAnswer {
  const unit = readUnit(tree, name);
  // `disable` also takes away links to a unit that is gone.
  const links = unit === undefined ? danglingLinks(name) : wantsLinks(unit);
  if (unit === undefined && (verb === 'enable' || !links.some((path) => 'node' in tree.lookup(path, false)))) {
    output.complain(`Failed to ${verb} unit: Unit ${name} does not exist`);
    return output.exit(1);
  }
  if (unit?.masked === true && verb === 'enable') {
    output.complain(`Failed to enable unit: Unit ${unit.path} is masked`);
    return output.exit(1);
  }
  if (links.length === 0) output.complain(NO_INSTALL);
  for (const path of links) link(tree, output, verb, path, unit);
  return output.exit(0);
}

function link(tree: Machine['tree'], output: Output, verb: 'enable' | 'disable', path: string, unit: UnitFile | undefined): void {
  const there = 'node' in tree.lookup(path, false);
  if (verb === 'enable' && !there && unit !== undefined) {
    tree.setLink(path, unit.path);
    output.complain(`Created symlink '${path}' → '${unit.path}'.`);
  }
  if (verb === 'disable' && there) {
    tree.remove(path);
    output.complain(`Removed '${path}'.`);
    const folder = path.slice(0, path.lastIndexOf('/'));
    if (tree.names(folder)?.length === 0) tree.remove(folder);
  }
}

function danglingLinks(name: string): readonly string[] {
  return [`/etc/systemd/system/multi-user.target.wants/${name}`];
}
