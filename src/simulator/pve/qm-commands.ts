// SPDX-License-Identifier: AGPL-3.0-or-later

import { writeVmModel } from '../../core/guest/vm-model.ts';
import { type Method, parameterRule, routeOf } from './api-schema.ts';
import type { Command } from './cli.ts';
import { qemuCommand } from './command-line.ts';
import type { Parameters } from './getopt.ts';
import { cloneVm, createVm, destroyVm, migrateVm, nodeOf } from './guest-files.ts';
import { checkQuorum, runningPid, volatileState } from './guest-state.ts';
import { hostpciKeys } from './hostpci.ts';
import { Die, ENOENT } from './perl-die.ts';
import type { Session } from './session.ts';
import { dropSnapshot, rollBack, snapshotOf, snapshotTree, takeSnapshot } from './snapshots.ts';
import { startVm } from './start-vm.ts';
import { rebootVm, stopVm } from './stop-vm.ts';
import { checkLock, updateVm } from './update-vm.ts';
import type { ValueRule } from './value-check.ts';
import { fullStatus, listText, vmStatus } from './vm-status.ts';
import { allValues, configText, mergedValues, pendingItems, pendingText, shellLine } from './vm-text.ts';

const QEMU = '/nodes/{node}/qemu/{vmid}';
const VMID = ['vmid'] as const;

const id = (parameters: Parameters, name = 'vmid') => Number(parameters.get(name));
const on = (parameters: Parameters, name: string) => parameters.get(name) === '1';

/** A command that is one API call, with the parameters of that call. */
function call(
  method: Method,
  template: string,
  command: Pick<Command, 'usage' | 'run'> & { readonly fixed?: readonly string[]; readonly worker?: boolean },
): Command {
  const route = routeOf(method, template);
  return {
    ...command,
    fixed: command.fixed ?? VMID,
    names: route.parameters.filter((name) => name !== 'node'),
    rule: (name) => (name === 'node' ? undefined : parameterRule(route, name)),
  };
}

/** A command with parameters of its own. */
function own(usage: string, rules: { readonly [name: string]: ValueRule }, run: Command['run']): Command {
  const vmid: ValueRule = parameterRule(routeOf('GET', `${QEMU}/config`), 'vmid') ?? { type: 'integer' };
  const all: { readonly [name: string]: ValueRule } = usage.includes('<vmid>') ? { vmid, ...rules } : rules;
  return {
    usage,
    fixed: usage.includes('<vmid>') ? VMID : [],
    names: Object.keys(all),
    rule: (name) => (Object.hasOwn(all, name) ? all[name] : undefined),
    run,
  };
}

function mustRun(session: Session, vmid: number): void {
  session.loadVm(vmid);
  if (runningPid(session.machine, vmid) === undefined) throw new Die(`VM ${vmid} not running\n`, { exitCode: ENOENT });
}

/** The commands of `qm` that the product calls, and those that users run beside it. */
export const QM_COMMANDS: { readonly [name: string]: Command } = {
  set: call('PUT', `${QEMU}/config`, {
    usage: 'qm set <vmid> [OPTIONS]',
    run: async (session, parameters) => {
      await updateVm(session, parameters);
      return '';
    },
  }),
  start: call('POST', `${QEMU}/status/start`, {
    usage: 'qm start <vmid> [OPTIONS]',
    worker: true,
    run: async (session, parameters) => {
      checkQuorum(session.machine);
      const timeout = parameters.get('timeout');
      const options = { skiplock: on(parameters, 'skiplock'), ...(timeout === undefined ? {} : { timeoutSec: Number(timeout) }) };
      await startVm(session, id(parameters), options);
      return '';
    },
  }),
  stop: call('POST', `${QEMU}/status/stop`, {
    usage: 'qm stop <vmid> [OPTIONS]',
    worker: true,
    run: async (session, parameters) => {
      mustBeHere(session, id(parameters));
      await stopVm(session, id(parameters), { skiplock: on(parameters, 'skiplock') });
      return '';
    },
  }),
  shutdown: call('POST', `${QEMU}/status/shutdown`, {
    usage: 'qm shutdown <vmid> [OPTIONS]',
    run: async (session, parameters) => {
      mustBeHere(session, id(parameters));
      if (runningPid(session.machine, id(parameters)) === undefined) {
        session.warn(`VM ${id(parameters)} not running\n\n`);
        return '';
      }
      const options = { shutdown: true, forceStop: on(parameters, 'forceStop'), skiplock: on(parameters, 'skiplock') };
      await asWorker(session, (worker) => stopVm(worker, id(parameters), options));
      return '';
    },
  }),
  reboot: call('POST', `${QEMU}/status/reboot`, {
    usage: 'qm reboot <vmid> [OPTIONS]',
    worker: true,
    run: async (session, parameters) => {
      mustRun(session, id(parameters));
      await rebootVm(session, id(parameters));
      return '';
    },
  }),
  reset: call('POST', `${QEMU}/status/reset`, {
    usage: 'qm reset <vmid> [OPTIONS]',
    run: async (session, parameters) => {
      mustRun(session, id(parameters));
      return '';
    },
  }),
  suspend: call('POST', `${QEMU}/status/suspend`, {
    usage: 'qm suspend <vmid> [OPTIONS]',
    run: async (session, parameters) => {
      mustRun(session, id(parameters));
      const { values } = session.loadVm(id(parameters)).model.current;
      if (on(parameters, 'todisk') && hostpciKeys(values).length > 0)
        throw new Die(
          'cannot suspend VM to disk due to passed-through PCI device(s), which lack the possibility to save/restore their internal state\n',
        );
      volatileState(session.machine).paused.add(id(parameters));
      return '';
    },
  }),
  resume: call('POST', `${QEMU}/status/resume`, {
    usage: 'qm resume <vmid> [OPTIONS]',
    run: async (session, parameters) => {
      mustRun(session, id(parameters));
      volatileState(session.machine).paused.delete(id(parameters));
      return '';
    },
  }),
  config: call('GET', `${QEMU}/config`, {
    usage: 'qm config <vmid> [OPTIONS]',
    run: async (session, parameters) => {
      const { model } = session.loadVm(id(parameters));
      const snapshot = parameters.get('snapshot');
      if (snapshot !== undefined) return configText(allValues(snapshotOf(model, snapshot)));
      return configText(on(parameters, 'current') ? allValues(model.current) : mergedValues(model));
    },
  }),
  pending: call('GET', `${QEMU}/pending`, {
    usage: 'qm pending <vmid>',
    run: async (session, parameters) => pendingText(pendingItems(session.loadVm(id(parameters)).model)),
  }),
  list: own('qm list  [OPTIONS]', { full: { type: 'boolean' } }, async (session) => listText(session)),
  status: own('qm status <vmid> [OPTIONS]', { verbose: { type: 'boolean' } }, async (session, parameters) => {
    if (!on(parameters, 'verbose')) return `status: ${vmStatus(session, id(parameters)).status}\n`;
    const status = Object.entries(fullStatus(session, id(parameters))).sort(([a], [b]) => (a < b ? -1 : 1));
    return status.map(([key, value]) => `${key}: ${value}\n`).join('');
  }),
  showcmd: own(
    'qm showcmd <vmid> [OPTIONS]',
    { pretty: { type: 'boolean' }, snapshot: { type: 'string' } },
    async (session, parameters) => {
      const { model } = session.loadVm(id(parameters));
      const snapshot = parameters.get('snapshot');
      const { values } = snapshot === undefined ? model.current : snapshotOf(model, snapshot);
      return shellLine(qemuCommand(session.machine, id(parameters), values).argv, on(parameters, 'pretty'));
    },
  ),
  unlock: own('qm unlock <vmid>', {}, async (session, parameters) => {
    const { model } = session.loadVm(id(parameters));
    model.current.values.delete('lock');
    session.saveVm(id(parameters), writeVmModel(model));
    return '';
  }),
  create: call('POST', '/nodes/{node}/qemu', {
    usage: 'qm create <vmid> [OPTIONS]',
    run: async (session, parameters) => {
      createVm(session, parameters);
      return '';
    },
  }),
  destroy: call('DELETE', QEMU, {
    usage: 'qm destroy <vmid> [OPTIONS]',
    run: async (session, parameters) => {
      destroyVm(session, id(parameters));
      return '';
    },
  }),
  clone: call('POST', `${QEMU}/clone`, {
    usage: 'qm clone <vmid> <newid> [OPTIONS]',
    fixed: ['vmid', 'newid'],
    run: async (session, parameters) => {
      cloneVm(session, id(parameters), id(parameters, 'newid'), parameters.get('name'));
      return '';
    },
  }),
  migrate: call('POST', `${QEMU}/migrate`, {
    usage: 'qm migrate <vmid> <target> [OPTIONS]',
    fixed: ['vmid', 'target'],
    run: async (session, parameters) => {
      migrateVm(session, id(parameters), parameters.get('target') ?? '');
      return '';
    },
  }),
  template: call('POST', `${QEMU}/template`, {
    usage: 'qm template <vmid> [OPTIONS]',
    run: async (session, parameters) => {
      const { model } = session.loadVm(id(parameters));
      checkLock(model);
      if (model.current.values.get('template') === '1') throw new Die("you can't convert a template to a template\n");
      if (runningPid(session.machine, id(parameters)) !== undefined)
        throw new Die("you can't convert a VM to template if VM is running\n");
      model.current.values.set('template', '1');
      session.saveVm(id(parameters), writeVmModel(model));
      return '';
    },
  }),
  listsnapshot: call('GET', `${QEMU}/snapshot`, {
    usage: 'qm listsnapshot <vmid>',
    run: async (session, parameters) => snapshotTree(session.loadVm(id(parameters)).model),
  }),
  snapshot: call('POST', `${QEMU}/snapshot`, {
    usage: 'qm snapshot <vmid> <snapname> [OPTIONS]',
    fixed: ['vmid', 'snapname'],
    run: async (session, parameters) => {
      const name = parameters.get('snapname') ?? '';
      takeSnapshot(session, id(parameters), name, parameters.get('description'), on(parameters, 'vmstate'));
      return '';
    },
  }),
  rollback: call('POST', `${QEMU}/snapshot/{snapname}/rollback`, {
    usage: 'qm rollback <vmid> <snapname> [OPTIONS]',
    fixed: ['vmid', 'snapname'],
    run: async (session, parameters) => {
      rollBack(session, id(parameters), parameters.get('snapname') ?? '');
      return '';
    },
  }),
  delsnapshot: call('DELETE', `${QEMU}/snapshot/{snapname}`, {
    usage: 'qm delsnapshot <vmid> <snapname> [OPTIONS]',
    fixed: ['vmid', 'snapname'],
    run: async (session, parameters) => {
      dropSnapshot(session, id(parameters), parameters.get('snapname') ?? '');
      return '';
    },
  }),
};

function mustBeHere(session: Session, vmid: number): void {
  const { machine } = session;
  if (nodeOf(machine, vmid) !== machine.nodeName)
    throw new Die(`unable to find configuration file for VM ${vmid} on node '${machine.nodeName}'\n`);
}

async function asWorker(session: Session, run: (worker: Session) => Promise<void>): Promise<void> {
  const worker = session.fork();
  try {
    await run(worker);
  } finally {
    session.output.print(worker.output.both);
  }
}
