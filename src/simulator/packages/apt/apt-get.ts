// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine, Program, ProgramAnswer } from '../../machine.ts';
import { compareDebianVersions } from '../debian-version.ts';
import { dpkgLockHolder, FRONTEND_LOCK } from '../dpkg-lock.ts';
import { configurePending, unpack } from '../dpkg-run.ts';
import { knownPackage, readDpkgStatus } from '../dpkg-status.ts';
import { Output } from '../output.ts';
import type { Package } from '../package.ts';
import type { PackageWorld } from '../package-world.ts';
import { type AptCall, parseAptGet } from './apt-call.ts';
import { aptRemove } from './apt-remove.ts';
import { markAutomatic, unmarkAutomatic } from './extended-states.ts';
import { aptUpdate, fetchPackages } from './fetch.ts';
import { resolveInstall } from './resolve.ts';

/** The `apt-get` of the simulated node: output and exit codes as apt 3.0 of Debian 13 has them. */
export function aptGet(world: PackageWorld): Program {
  return async (machine, argv) => {
    const call = parseAptGet(argv);
    const output = new Output();
    const holder = call.simulate ? undefined : dpkgLockHolder(machine);
    if (holder !== undefined) return locked(output, call, holder);
    if (call.command === 'update') return aptUpdate(machine.tree, output, world);
    output.say('Reading package lists...');
    if (call.command === 'remove') return await aptRemove(machine, output, call);
    return await install(machine, output, world, call);
  };
}

async function install(machine: Machine, output: Output, world: PackageWorld, call: AptCall): Promise<ProgramAnswer> {
  const { tree } = machine;
  const resolved = resolveInstall(tree, world, call.names);
  if (!('errors' in resolved) || resolved.early !== true)
    output.say('Building dependency tree...', 'Reading state information...');
  if ('errors' in resolved) {
    output.say(...resolved.out);
    output.complain(...resolved.errors);
    return output.exit(100);
  }
  const { todo, newest, asked } = resolved;
  for (const one of newest) output.say(`${one.name} is already the newest version (${one.version}).`);
  const before = (one: Package) => {
    const known = knownPackage(tree, one.name);
    return known === undefined || known.state === 'config-files' ? undefined : known.version;
  };
  const fresh = todo.filter((one) => before(one) === undefined);
  const upgraded = todo.filter((one) => compareDebianVersions(before(one) ?? '~~', one.version) < 0 && !fresh.includes(one));
  const downgraded = todo.filter((one) => compareDebianVersions(before(one) ?? '~~', one.version) > 0);
  list(
    output,
    'The following additional packages will be installed:',
    fresh.filter(({ name }) => !asked.includes(name)),
  );
  list(output, 'The following NEW packages will be installed:', fresh);
  list(output, 'The following packages will be upgraded:', upgraded);
  list(output, 'The following packages will be DOWNGRADED:', downgraded);
  const down = downgraded.length === 0 ? '' : `${downgraded.length} downgraded, `;
  output.say(`${upgraded.length} upgraded, ${fresh.length} newly installed, ${down}0 to remove and 0 not upgraded.`);
  const pending = unconfigured(machine);
  if (pending.length > 0) output.say(`${pending.length} not fully installed or removed.`);
  if (call.simulate) {
    const from = (one: Package) => {
      const old = before(one);
      const source = one.origin === 'file' ? 'local-deb' : one.origin === 'debian' ? 'Debian:13.2/stable' : 'Proxmox:13.2/stable';
      return [old === undefined ? '' : ` [${old}]`, `(${one.version} ${source} [${one.architecture}])`] as const;
    };
    for (const one of todo) output.say(`Inst ${one.name}${from(one)[0]} ${from(one)[1]}`);
    for (const { name, version } of pending) output.say(`Conf ${name} (${version}  [amd64])`);
    for (const one of todo) output.say(`Conf ${one.name} ${from(one)[1]}`);
    return output.exit(0);
  }
  if (downgraded.length > 0 && !call.allowDowngrades) {
    output.complain('E: Packages were downgraded and -y was used without --allow-downgrades.');
    return output.exit(100);
  }
  if (!fetchPackages(tree, output, world, todo)) return output.exit(100);
  unmarkAutomatic(tree, asked);
  markAutomatic(
    tree,
    fresh.flatMap(({ name }) => (asked.includes(name) ? [] : [name])),
  );
  return await runDpkg(machine, output, world, todo);
}

async function runDpkg(machine: Machine, output: Output, world: PackageWorld, todo: readonly Package[]): Promise<ProgramAnswer> {
  const failed: string[] = [];
  for (const one of todo) if (!(await unpack(machine, output, one, world.troubles.diskFull === true))) failed.push(one.name);
  if (failed.length === 0) failed.push(...(await configurePending(machine, output)));
  if (failed.length === 0) return output.exit(0);
  output.complain('Errors were encountered while processing:', ...failed.map((name) => ` ${name}`));
  output.complain('E: Sub-process /usr/bin/dpkg returned an error code (1)');
  return output.exit(100);
}

function list(output: Output, title: string, packages: readonly Package[]): void {
  if (packages.length > 0)
    output.say(
      title,
      `  ${packages
        .map(({ name }) => name)
        .sort()
        .join(' ')}`,
    );
}

function unconfigured(machine: Machine): readonly { readonly name: string; readonly version: string }[] {
  return readDpkgStatus(machine.tree).filter(({ state }) => state === 'half-configured' || state === 'unpacked');
}

function locked(output: Output, call: AptCall, holder: { readonly pid: number; readonly command: string }): ProgramAnswer {
  const lock = FRONTEND_LOCK;
  const held = `Could not get lock ${lock}. It is held by process ${holder.pid} (${holder.command})`;
  if (call.lockTimeoutSec > 0) output.say(`Waiting for cache lock: ${held}...`);
  output.complain(`E: ${held}`, 'N: Be aware that removing the lock file is not a solution and may break your system.');
  output.complain(`E: Unable to acquire the dpkg frontend lock (${lock}), is another process using it?`);
  return output.exit(100);
}
