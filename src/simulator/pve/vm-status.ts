// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine } from '../machine.ts';
import { runningPid, volatileState } from './guest-state.ts';
import type { Session } from './session.ts';

export type Status = { [key: string]: string | number | { managed: number } };

/** The VMIDs of this node's VMs, sorted by number. */
export function vmids(machine: Machine): number[] {
  const names = machine.tree.names(`/etc/pve/nodes/${machine.nodeName}/qemu-server`) ?? [];
  return names.flatMap((name) => Number(/^(\d+)\.conf$/.exec(name)?.[1] ?? []) || []).sort((a, b) => a - b);
}

/** What PVE tells of a VM without looking into its processes (`vmstatus`). */
export function vmStatus(session: Session, vmid: number): Status {
  const { values } = session.loadVm(vmid).model.current;
  const { machine } = session;
  const pid = runningPid(machine, vmid);
  const tags = values.get('tags');
  const lock = values.get('lock');
  const mib = Number((values.get('memory') ?? '512').replace(/^current=/, ''));
  return {
    cpus: Number(values.get('cores') ?? 1) * Number(values.get('sockets') ?? 1),
    disk: 0,
    ...(lock === undefined ? {} : { lock }),
    maxdisk: 0,
    maxmem: mib * 1024 * 1024,
    mem: 0,
    memhost: 0,
    name: values.get('name') ?? `VM ${vmid}`,
    netin: 0,
    netout: 0,
    ...(pid === undefined ? {} : { pid }),
    status: pid === undefined ? 'stopped' : 'running',
    ...(tags === undefined ? {} : { tags }),
    ...(values.get('template') === '1' ? { template: 1 } : {}),
    uptime: pid === undefined ? 0 : 60,
    vmid,
  };
}

/** With QEMU's own word on it: `qmpstatus`. */
export function fullStatus(session: Session, vmid: number): Status {
  const status = vmStatus(session, vmid);
  const paused = volatileState(session.machine).paused.has(vmid);
  return { ...status, qmpstatus: status.status === 'running' && paused ? 'prelaunch' : (status.status ?? '') };
}

/** The table of `qm list`. */
export function listText(session: Session): string {
  const header = '      VMID NAME                 STATUS     MEM(MB)    BOOTDISK(GB) PID       \n';
  const rows = vmids(session.machine).map((vmid) => {
    const { name, status, maxmem, pid } = vmStatus(session, vmid);
    const cells = [
      String(vmid).padStart(10),
      String(name).padEnd(20),
      String(status).padEnd(10),
      String(Number(maxmem) / 1024 / 1024).padEnd(10),
      '0.00'.padStart(12),
      String(pid ?? 0).padEnd(10),
    ];
    return `${cells.join(' ')}\n`;
  });
  return rows.length === 0 ? '' : header + rows.join('');
}
