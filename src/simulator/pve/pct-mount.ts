// SPDX-License-Identifier: AGPL-3.0-or-later
import { parameterRule, routeOf } from './api-schema.ts';
import type { Command } from './cli.ts';
import { containerFile } from './container-root.ts';
import { confName, readConf, withConfigLock, writeCluster } from './guest-state.ts';
import { lxcConfig } from './lxc-config.ts';
import { rewriteCt } from './lxc-rewrite.ts';
import { Die } from './perl-die.ts';
import type { Session } from './session.ts';

/** What of a container's root the simulation has. */
const FILES = ['/etc/group'];

function command(verb: 'mount' | 'unmount', run: (session: Session, ctid: number) => Promise<string>): Command {
  const route = routeOf('GET', '/nodes/{node}/lxc/{vmid}/config');
  return {
    usage: `pct ${verb} <vmid>`,
    fixed: ['vmid'],
    names: ['vmid'],
    rule: (name) => (name === 'vmid' ? parameterRule(route, name) : undefined),
    run: async (session, parameters) => {
      const ctid = Number(parameters.get('vmid'));
      const lock = `/run/lock/lxc/pve-config-${ctid}.lock`;
      return await withConfigLock(session.machine, lock, session.warn, async () => await run(session, ctid));
    },
  };
}

const rootOf = (ctid: number) => `/var/lib/lxc/${ctid}/rootfs`;

/** `pct mount` (pve-container CLI/pct.pm): the lock is written first, and stays when mounting fails. */
export const pctMount = command('mount', async ({ machine, warn }, ctid) => {
  const config = lxcConfig(machine, ctid);
  if (config.lock !== undefined) throw new Die(`CT is locked (${config.lock})\n`);
  writeLock(machine, ctid, 'mounted');
  const storage = String(config.rootfs ?? '').split(':')[0] ?? '';
  if (new RegExp(`^\\w+: ${storage}\\n(?:\\t.*\\n)*\\tdisable\\b`, 'm').test(machine.tree.text('/etc/pve/storage.cfg') ?? '')) {
    warn('mounting container failed\n');
    throw new Die(`storage '${storage}' is disabled\n`);
  }
  machine.tree.setDirectory(rootOf(ctid));
  for (const path of FILES) {
    const text = containerFile(machine, ctid, path);
    if (text !== undefined) machine.tree.setFile(`${rootOf(ctid)}${path}`, text);
  }
  return `mounted CT ${ctid} in '${rootOf(ctid)}'\n`;
});

/** `pct unmount`: what is not mounted is passed over; the lock goes, and another one makes it fail (PVE AbstractConfig.pm, remove_lock). */
export const pctUnmount = command('unmount', async ({ machine }, ctid) => {
  const { lock } = lxcConfig(machine, ctid);
  for (const name of machine.tree.names(rootOf(ctid)) ?? []) machine.tree.remove(`${rootOf(ctid)}/${name}`);
  if (lock === undefined) throw new Die(`no lock found trying to remove 'mounted'  lock\n`);
  if (lock !== 'mounted') throw new Die(`found lock '${lock}' trying to remove 'mounted' lock\n`);
  writeLock(machine, ctid, undefined);
  return '';
});

function writeLock(machine: Session['machine'], ctid: number, lock: string | undefined): void {
  const change = {
    set: new Map(lock === undefined ? [] : [['lock', lock]]),
    deletes: lock === undefined ? ['lock'] : [],
    reverts: [],
  };
  const { text } = rewriteCt(readConf(machine, ctid, 'lxc'), { ...change, running: false });
  writeCluster(machine, confName(machine, ctid, 'lxc'), text);
}
