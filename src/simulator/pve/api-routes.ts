// SPDX-License-Identifier: AGPL-3.0-or-later
import { configDigest } from '../../core/guest/digest.ts';
import type { Route } from './api-schema.ts';
import type { Parameters } from './getopt.ts';
import { createVm, destroyVm } from './guest-files.ts';
import { checkQuorum, newUpid, readConf } from './guest-state.ts';
import { listHardware, listMdevTypes } from './hardware-api.ts';
import { lxcConfig, lxcList, updateLxc } from './lxc-config.ts';
import { createMapping, deleteMapping, getMapping, listMappings, updateMapping } from './mapping-api.ts';
import { nextFreeId } from './next-id.ts';
import { Die } from './perl-die.ts';
import type { Session } from './session.ts';
import { snapshotOf } from './snapshots.ts';
import { startVm } from './start-vm.ts';
import { rebootVm, stopVm } from './stop-vm.ts';
import { typedValues } from './typed-values.ts';
import { updateVm } from './update-vm.ts';
import { fullStatus, vmids, vmStatus } from './vm-status.ts';
import { allValues, mergedValues, pendingItems } from './vm-text.ts';

/** How one call is answered: data as the API gives it. Calls that PVE runs as a task answer its id. */
type Handler = (session: Session, parameters: Parameters) => unknown;

const vmidOf = (parameters: Parameters) => Number(parameters.get('vmid'));

/** Runs a worker: on the console in place, in a daemon as a task of which only the id is answered. */
async function task(session: Session, type: string, id: string, run: (worker: Session) => Promise<void>): Promise<string> {
  const upid = newUpid(session.machine, type, id, 'root@pam');
  const worker = session.fork();
  let failure: Die | undefined;
  try {
    await run(worker);
  } catch (error) {
    if (!(error instanceof Die)) throw error;
    failure = error;
  }
  const status = failure === undefined ? 'OK' : failure.text.trimEnd();
  const lines = worker.output.both.split('\n').filter((line) => line !== '');
  session.tasks.push({ type, id, exitStatus: status, log: [...lines, status === 'OK' ? 'TASK OK' : `TASK ERROR: ${status}`] });
  if (session.caller !== 'cli') return upid;
  session.output.print(worker.output.both);
  if (failure !== undefined) throw new Die(failure.text);
  return upid;
}

function power(type: string, run: (worker: Session, parameters: Parameters) => Promise<void>): Handler {
  return async (session, parameters) => {
    checkQuorum(session.machine);
    return await task(session, type, String(vmidOf(parameters)), (worker) => run(worker, parameters));
  };
}

function configOf(session: Session, parameters: Parameters): unknown {
  const { model, digest } = session.loadVm(vmidOf(parameters));
  const snapshot = parameters.get('snapshot');
  const values =
    snapshot !== undefined
      ? allValues(snapshotOf(model, snapshot))
      : parameters.get('current') === '1'
        ? allValues(model.current)
        : mergedValues(model);
  return { ...typedValues(values), digest };
}

function pendingOf(session: Session, parameters: Parameters): unknown {
  const { model, digest } = session.loadVm(vmidOf(parameters));
  const items = pendingItems(model).map(({ key, value, pending, ...rest }) => ({
    key,
    ...(value === undefined ? {} : { value: typedValues(new Map([[key, value]]))[key] }),
    ...(pending === undefined ? {} : { pending: typedValues(new Map([[key, pending]]))[key] }),
    ...rest,
  }));
  return [...items, { key: 'digest', value: digest }];
}

function snapshotsOf(session: Session, parameters: Parameters): unknown {
  const { model, digest } = session.loadVm(vmidOf(parameters));
  const parent = model.current.values.get('parent');
  const running = vmStatus(session, vmidOf(parameters)).status === 'running' ? 1 : 0;
  return [
    ...[...model.snapshots].map(([name, { values, description }]) => ({
      description: description ?? '',
      name,
      snaptime: Number(values.get('snaptime') ?? 0),
      vmstate: values.has('vmstate') ? 1 : 0,
      ...(values.has('parent') ? { parent: values.get('parent') } : {}),
    })),
    { description: 'You are here!', digest, name: 'current', running, ...(parent === undefined ? {} : { parent }) },
  ];
}

function currentStatus(session: Session, parameters: Parameters): unknown {
  const status = fullStatus(session, vmidOf(parameters));
  const pressure = ['cpu', 'io', 'memory'].flatMap((kind) => [`pressure${kind}full`, `pressure${kind}some`]);
  const running = status.status === 'running';
  return {
    ...status,
    cpu: 0,
    ha: { managed: 0 },
    ...(running ? Object.fromEntries(pressure.map((key) => [key, 0])) : {}),
  };
}

const QEMU = '/nodes/{node}/qemu/{vmid}';

const HANDLERS: { readonly [call: string]: Handler } = {
  'GET /version': () => ({ release: '9.2', repoid: '0000000000000000', version: '9.2.11' }),
  'GET /cluster/nextid': (session) => String(nextFreeId(session.machine)),
  'GET /cluster/mapping/pci': ({ machine }, parameters) => listMappings(machine, parameters.get('check-node')),
  'GET /cluster/mapping/pci/{id}': ({ machine }, parameters) => getMapping(machine, parameters.get('id') ?? ''),
  'POST /cluster/mapping/pci': ({ machine }, parameters) => createMapping(machine, parameters),
  'PUT /cluster/mapping/pci/{id}': ({ machine }, parameters) => updateMapping(machine, parameters.get('id') ?? '', parameters),
  'DELETE /cluster/mapping/pci/{id}': ({ machine }, parameters) => deleteMapping(machine, parameters.get('id') ?? ''),
  'GET /nodes/{node}/hardware/pci': ({ machine }, parameters) =>
    listHardware(machine, parameters.get('pci-class-blacklist'), parameters.get('verbose') !== '0'),
  'GET /nodes/{node}/hardware/pci/{pci-id-or-mapping}': () => [{ method: 'mdev' }],
  'GET /nodes/{node}/hardware/pci/{pci-id-or-mapping}/mdev': ({ machine }, parameters) =>
    listMdevTypes(machine, parameters.get('pci-id-or-mapping') ?? ''),
  'GET /nodes/{node}/qemu': (session) => vmids(session.machine).map((vmid) => ({ ...vmStatus(session, vmid), cpu: 0 })),
  'POST /nodes/{node}/qemu': (session, parameters) =>
    task(session, 'qmcreate', String(vmidOf(parameters)), async (worker) => createVm(worker, parameters)),
  [`DELETE ${QEMU}`]: (session, parameters) =>
    task(session, 'qmdestroy', String(vmidOf(parameters)), async (worker) => destroyVm(worker, vmidOf(parameters))),
  [`GET ${QEMU}/config`]: configOf,
  [`PUT ${QEMU}/config`]: async (session, parameters) => {
    await updateVm(session, parameters);
    return null;
  },
  [`POST ${QEMU}/config`]: async (session, parameters) => {
    const vmid = vmidOf(parameters);
    const worker = session.fork();
    const done = await updateVm(worker, parameters).catch((error: unknown) => error);
    // What is refused before PVE says what it does is the call's own failure, not the task's.
    if (done !== undefined && worker.output.out === '') throw done;
    return await task(session, 'qmconfig', String(vmid), async (fork) => {
      fork.output.print(worker.output.both);
      if (done !== undefined) throw done;
    });
  },
  [`GET ${QEMU}/pending`]: pendingOf,
  [`GET ${QEMU}/snapshot`]: snapshotsOf,
  [`GET ${QEMU}/status/current`]: currentStatus,
  [`POST ${QEMU}/status/start`]: power('qmstart', (worker, parameters) =>
    startVm(worker, vmidOf(parameters), { skiplock: parameters.get('skiplock') === '1' }),
  ),
  [`POST ${QEMU}/status/stop`]: power('qmstop', (worker, parameters) => stopVm(worker, vmidOf(parameters))),
  [`POST ${QEMU}/status/shutdown`]: power('qmshutdown', (worker, parameters) =>
    stopVm(worker, vmidOf(parameters), { shutdown: true, forceStop: parameters.get('forceStop') === '1' }),
  ),
  [`POST ${QEMU}/status/reboot`]: power('qmreboot', (worker, parameters) => rebootVm(worker, vmidOf(parameters))),
  'GET /nodes/{node}/lxc': ({ machine }) => lxcList(machine),
  'GET /nodes/{node}/lxc/{vmid}/config': ({ machine }, parameters) => ({
    ...lxcConfig(machine, vmidOf(parameters)),
    digest: configDigest(readConf(machine, vmidOf(parameters), 'lxc')),
  }),
  'PUT /nodes/{node}/lxc/{vmid}/config': async (session, parameters) => {
    await updateLxc(session, parameters);
    return null;
  },
};

/** The handler of a route, or undefined when the simulated node does not have that call. */
export function handlerOf(route: Route): Handler | undefined {
  const call = `${route.method} ${route.template}`;
  return Object.hasOwn(HANDLERS, call) ? HANDLERS[call] : undefined;
}

/** Parameters that a call must have, where PVE says so in its usage. */
export function requiredOf(route: Route): readonly string[] {
  return route.method === 'POST' && route.template === '/cluster/mapping/pci' ? ['id', 'map'] : [];
}
