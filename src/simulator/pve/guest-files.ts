// SPDX-License-Identifier: AGPL-3.0-or-later
import { readVmModel, writeVmModel } from '../../core/guest/vm-model.ts';
import type { Machine } from '../machine.ts';
import type { Parameters } from './getopt.ts';
import { confName, runningPid, writeCluster } from './guest-state.ts';
import { hostpciKeys } from './hostpci.ts';
import { Die, ENOTTY, parameterDie } from './perl-die.ts';
import type { Session } from './session.ts';
import { checkLock, newUuid } from './update-vm.ts';

/** The node that has a guest, or undefined. */
export function nodeOf(machine: Machine, vmid: number): string | undefined {
  for (const node of machine.tree.names('/etc/pve/nodes') ?? [])
    for (const kind of ['qemu-server', 'lxc'])
      if (machine.tree.get(`/etc/pve/nodes/${node}/${kind}/${vmid}.conf`) !== undefined) return node;
  return undefined;
}

/** Rewrites the virtual file `/etc/pve/.vmlist` from the guests that there are (pmxcfs). */
export function refreshVmlist(machine: Machine): void {
  const ids: { [vmid: string]: { node: string; type: string; version: number } } = {};
  for (const node of machine.tree.names('/etc/pve/nodes') ?? [])
    for (const [folder, type] of [
      ['qemu-server', 'qemu'],
      ['lxc', 'lxc'],
    ] as const)
      for (const name of machine.tree.names(`/etc/pve/nodes/${node}/${folder}`) ?? []) {
        const vmid = /^(\d+)\.conf$/.exec(name)?.[1];
        if (vmid !== undefined) ids[vmid] = { node, type, version: 1 };
      }
  const lines = Object.entries(ids).map(([vmid, entry]) => `"${vmid}": ${JSON.stringify(entry)}`);
  machine.tree.setFile('/etc/pve/.vmlist', `{\n"version": 1,\n"ids": {${lines.join(',\n')}}\n\n}\n`, { mode: 0o440, gid: 33 });
}

/** Makes a VM from parameters (`qm create`). */
export function createVm(session: Session, parameters: Parameters): void {
  const { machine } = session;
  const vmid = Number(parameters.get('vmid'));
  const node = nodeOf(machine, vmid);
  if (node !== undefined) throw new Die(`unable to create VM ${vmid} - VM ${vmid} already exists on node '${node}'\n`);
  const model = readVmModel('');
  for (const [key, value] of parameters) {
    if (key === 'vmid' || key === 'node') continue;
    if (key === 'description') model.current.description = value;
    else model.current.values.set(key, value);
  }
  const { values } = model.current;
  const seconds = Math.floor(machine.nowMs() / 1000);
  values.set('meta', `creation-qemu=${machine.profile.qemuVersion},ctime=${seconds}`);
  if (!values.has('boot')) values.set('boot', '');
  if (!values.has('smbios1')) values.set('smbios1', `uuid=${newUuid(session)}`);
  if (!values.has('vmgenid')) values.set('vmgenid', newUuid(session));
  session.saveVm(vmid, writeVmModel(model));
  refreshVmlist(machine);
}

/** Removes a VM that does not run (`qm destroy`). */
export function destroyVm(session: Session, vmid: number): void {
  const { machine } = session;
  const { model } = session.loadVm(vmid);
  checkLock(model);
  if (model.current.values.get('protection') === '1') throw new Die(`can't remove VM ${vmid} - protection mode enabled\n`);
  if (runningPid(machine, vmid) !== undefined) throw new Die(`VM ${vmid} is running - destroy failed\n`, { exitCode: ENOTTY });
  if (!machine.quorate) throw new Die(`unable to remove '/etc/pve/${confName(machine, vmid)}' - Permission denied\n`);
  machine.tree.remove(`/etc/pve/${confName(machine, vmid)}`);
  refreshVmlist(machine);
}

/** Clones a VM: everything but snapshots and pending changes, with new ids (`qm clone`); hooks, args and hostpci stay. */
export function cloneVm(session: Session, vmid: number, newid: number, name: string | undefined): void {
  const { model } = session.loadVm(vmid);
  checkLock(model);
  const node = nodeOf(session.machine, newid);
  if (node !== undefined) throw new Die(`unable to create VM ${newid}: config file already exists\n`);
  const clone = readVmModel('');
  clone.current.description = model.current.description;
  for (const [key, value] of model.current.values)
    if (!['parent', 'template', 'lock', 'snaptime'].includes(key)) clone.current.values.set(key, value);
  clone.current.values.set('name', name ?? `Copy-of-VM-${model.current.values.get('name') ?? vmid}`);
  if (clone.current.values.has('vmgenid')) clone.current.values.set('vmgenid', newUuid(session));
  if (clone.current.values.has('smbios1')) clone.current.values.set('smbios1', `uuid=${newUuid(session)}`);
  session.saveVm(newid, writeVmModel(clone));
  refreshVmlist(session.machine);
}

/** Moves a stopped VM to another node of the cluster (`qm migrate`). */
export function migrateVm(session: Session, vmid: number, target: string): void {
  const { machine } = session;
  if (target === machine.nodeName) throw parameterDie({ target: 'target is local node.' });
  if (machine.tree.get(`/etc/pve/nodes/${target}`) === undefined) throw new Die(`no such cluster node '${target}'\n`);
  const { model } = session.loadVm(vmid);
  checkLock(model);
  const raw = hostpciKeys(model.current.values).filter((key) => !/(^|,)mapping=/.test(model.current.values.get(key) ?? ''));
  if (runningPid(machine, vmid) !== undefined) throw new Die("can't migrate running VM without --online\n");
  if (raw.length > 0) throw new Die(`can't migrate VM which uses local devices: ${raw.join(', ')}\n`);
  moveVm(machine, vmid, machine.nodeName, target);
}

/** Moves a VM's file between nodes, as a migration from either side does. */
export function moveVm(machine: Machine, vmid: number, from: string, to: string): void {
  const path = (node: string) => `nodes/${node}/qemu-server/${vmid}.conf`;
  const text = machine.tree.text(`/etc/pve/${path(from)}`);
  if (text === undefined) return;
  writeCluster(machine, path(to), text);
  machine.tree.remove(`/etc/pve/${path(from)}`);
  refreshVmlist(machine);
}
