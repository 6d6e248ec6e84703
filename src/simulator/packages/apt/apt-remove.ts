// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine, ProgramAnswer } from '../../machine.ts';
import { configurePending, removePackage } from '../dpkg-run.ts';
import { knownPackage } from '../dpkg-status.ts';
import type { Output } from '../output.ts';
import type { AptCall } from './apt-call.ts';
import { unmarkAutomatic } from './extended-states.ts';
import { resolveRemove } from './resolve.ts';

/** `apt-get remove`: the packages and all that need them. Proxmox's hook keeps `proxmox-ve` from going. */
export async function aptRemove(machine: Machine, output: Output, call: AptCall): Promise<ProgramAnswer> {
  const { tree } = machine;
  output.say('Building dependency tree...', 'Reading state information...');
  const there: string[] = [];
  for (const name of call.names) {
    const known = knownPackage(tree, name);
    if (known === undefined) {
      output.complain(`E: Unable to locate package ${name}`);
      return output.exit(100);
    }
    if (known.state === 'config-files') output.say(`Package '${name}' is not installed, so not removed`);
    else there.push(name);
  }
  const gone = resolveRemove(tree, there);
  if (gone.length > 0) output.say('The following packages will be REMOVED:', `  ${[...gone].sort().join(' ')}`);
  output.say(`0 upgraded, 0 newly installed, ${gone.length} to remove and 0 not upgraded.`);
  if (call.simulate) {
    for (const name of gone) output.say(`Remv ${name} [${knownPackage(tree, name)?.version}]`);
    return output.exit(0);
  }
  if (gone.includes('proxmox-ve')) {
    output.complain(
      'W: (pve-apt-hook) !! WARNING !!',
      "W: (pve-apt-hook) You are attempting to remove the meta-package 'proxmox-ve'!",
      'E: Sub-process /usr/share/proxmox-ve/pve-apt-hook returned an error code (1)',
      'E: Failure running script /usr/share/proxmox-ve/pve-apt-hook',
    );
    return output.exit(100);
  }
  for (const name of gone) await removePackage(machine, output, name);
  unmarkAutomatic(tree, gone);
  const failed = await configurePending(machine, output);
  if (failed.length === 0) return output.exit(0);
  output.complain('Errors were encountered while processing:', ...failed.map((name) => ` ${name}`));
  output.complain('E: Sub-process /usr/bin/dpkg returned an error code (1)');
  return output.exit(100);
}
