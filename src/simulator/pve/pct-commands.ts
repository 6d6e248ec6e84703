// SPDX-License-Identifier: AGPL-3.0-or-later
import { parameterRule, routeOf } from './api-schema.ts';
import type { Command } from './cli.ts';
import { checkQuorum, confName, readConf, writeCluster } from './guest-state.ts';
import { runHook } from './hookscript.ts';
import { checkDevices, isLxcRunning, lxcConfig, lxcList, lxcText, updateLxc } from './lxc-config.ts';
import { applyPendingCt } from './lxc-rewrite.ts';
import { pctMount, pctUnmount } from './pct-mount.ts';
import { Die } from './perl-die.ts';
import type { Session } from './session.ts';

const LXC = '/nodes/{node}/lxc/{vmid}';
const SOCKETS = '/proc/net/unix';

function command(verb: string, method: 'GET' | 'PUT' | 'POST', path: string, run: Command['run'], worker = false): Command {
  const route = routeOf(method, `${LXC}${path}`);
  return {
    usage: `pct ${verb} <vmid>${verb === 'pending' ? '' : ' [OPTIONS]'}`,
    fixed: ['vmid'],
    names: route.parameters.filter((name) => name !== 'node'),
    rule: (name) => (name === 'node' ? undefined : parameterRule(route, name)),
    run,
    worker,
  };
}

const id = (parameters: ReadonlyMap<string, string>) => Number(parameters.get('vmid'));

/** The commands of `pct` that the product calls, and those that users run beside it. */
export const PCT_COMMANDS: { readonly [name: string]: Command } = {
  list: {
    usage: 'pct list ',
    fixed: [],
    names: [],
    rule: () => undefined,
    run: async ({ machine }) => {
      const rows = lxcList(machine);
      if (rows.length === 0) return '';
      const line = (cells: readonly string[]) => `${cells.map((cell, at) => cell.padEnd([10, 10, 12, 20][at] ?? 0)).join(' ')}\n`;
      return [
        line(['VMID', 'Status', 'Lock', 'Name']),
        ...rows.map((row) => line([`${row.vmid}`, `${row.status}`, '', `${row.name}`])),
      ].join('');
    },
  },
  config: command('config', 'GET', '/config', async ({ machine }, parameters) => lxcText(machine, id(parameters), '')),
  pending: command('pending', 'GET', '/pending', async ({ machine }, parameters) => lxcText(machine, id(parameters), 'cur ')),
  status: command('status', 'GET', '/status/current', async ({ machine }, parameters) => {
    readConf(machine, id(parameters), 'lxc');
    return `status: ${isLxcRunning(machine, id(parameters)) ? 'running' : 'stopped'}\n`;
  }),
  set: command('set', 'PUT', '/config', async (session, parameters) => {
    await updateLxc(session, parameters);
    return '';
  }),
  mount: pctMount,
  unmount: pctUnmount,
  start: command('start', 'POST', '/status/start', (session, parameters) => startLxc(session, id(parameters)), true),
  stop: command('stop', 'POST', '/status/stop', (session, parameters) => stopLxc(session, id(parameters)), true),
};

async function startLxc(session: Session, ctid: number): Promise<string> {
  const { machine } = session;
  checkQuorum(machine);
  if (isLxcRunning(machine, ctid)) throw new Die(`CT ${ctid} already running\n`);
  const before = readConf(machine, ctid, 'lxc');
  const applied = applyPendingCt(before);
  if (applied !== before) writeCluster(machine, confName(machine, ctid, 'lxc'), applied);
  const config = lxcConfig(machine, ctid);
  checkDevices(machine, ctid);
  const hook = config.hookscript === undefined ? undefined : String(config.hookscript);
  await runHook(session, hook, ctid, 'pre-start');
  const text = machine.tree.text(SOCKETS) ?? 'Num       RefCount Protocol Flags    Type St Inode Path\n';
  machine.tree.setFile(SOCKETS, `${text}${socketLine(ctid)}`);
  machine.kernel.startProcess({ command: 'lxc-start', argv: ['/usr/bin/lxc-start', '-F', '-n', String(ctid)], open: [] });
  await runHook(session, hook, ctid, 'post-start');
  return '';
}

async function stopLxc(session: Session, ctid: number): Promise<string> {
  const { machine } = session;
  readConf(machine, ctid, 'lxc');
  if (!isLxcRunning(machine, ctid)) throw new Die(`CT ${ctid} not running\n`);
  const hook = lxcConfig(machine, ctid).hookscript as string | undefined;
  await runHook(session, hook, ctid, 'pre-stop');
  const pid = machine.kernel.processes().find((one) => one.command === 'lxc-start' && one.argv.includes(String(ctid)))?.pid;
  if (pid !== undefined) machine.kernel.endProcess(pid);
  machine.tree.setFile(SOCKETS, (machine.tree.text(SOCKETS) ?? '').replace(socketLine(ctid), ''));
  await runHook(session, hook, ctid, 'post-stop');
  return '';
}

function socketLine(ctid: number): string {
  return `0000000000000000: 00000002 00000000 00010000 0001 01 ${100_000 + ctid} @/var/lib/lxc/${ctid}/command\n`;
}
