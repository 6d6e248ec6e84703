// SPDX-License-Identifier: AGPL-3.0-or-later
import type { GuestKind } from '../../core/facts/guest-facts.ts';
import { known, type Reading, unknown } from '../../core/facts/section.ts';
import { runningContainers, vmidOfCmdline } from '../../core/guest/guest-process.ts';
import type { Host } from '../../ports/host.ts';
import { inBatches } from './in-batches.ts';

const RUN = '/run/qemu-server';
const SOCKETS = '/proc/net/unix';

/** Which guests run on this node, by PVE's own tests and from files only. */
export interface Running {
  of(kind: GuestKind, vmid: number): Reading<boolean>;
  /** The process of a running VM. */
  pidOf(vmid: number): number | undefined;
}

/**
 * Looks who runs: a VM when its pid file names a live QEMU process with its `-id`, a container when its monitor's command socket is in
 * `/proc/net/unix`. `/run/qemu-server` is 0750 root:www-data, so without root the answer is unknown.
 */
export async function readRunning(host: Host, vmids?: ReadonlySet<number>): Promise<Running> {
  const [names, sockets] = await Promise.all([host.list(RUN), host.read(SOCKETS)]);
  const pids = new Map<number, number>();
  const doubtful = new Map<number, string>();
  if (names.kind === 'content') {
    const candidates = names.value.flatMap((name) => {
      const vmid = Number(/^(\d+)\.pid$/.exec(name)?.[1] ?? Number.NaN);
      return Number.isNaN(vmid) || vmids?.has(vmid) === false ? [] : [vmid];
    });
    await inBatches(candidates, async (vmid) => {
      const found = await processOf(host, vmid);
      if (typeof found === 'number') pids.set(vmid, found);
      else if (found !== undefined) doubtful.set(vmid, found);
    });
  }
  const containers = sockets.kind === 'content' ? runningContainers(sockets.value) : undefined;
  return {
    pidOf: (vmid) => pids.get(vmid),
    of(kind, vmid) {
      if (kind === 'lxc') return containers === undefined ? unknown(`${SOCKETS} cannot be read`) : known(containers.has(vmid));
      if (names.kind === 'unreadable') return unknown(`${RUN} cannot be read (${names.errno})`);
      const doubt = doubtful.get(vmid);
      return doubt === undefined ? known(pids.has(vmid)) : unknown(doubt);
    },
  };
}

/** The pid of a VM's live process, undefined when it has none, or why it is not known. */
async function processOf(host: Host, vmid: number): Promise<number | string | undefined> {
  const file = `${RUN}/${vmid}.pid`;
  const read = await host.read(file);
  if (read.kind === 'unreadable') return `${file} cannot be read (${read.errno})`;
  const pid = read.kind === 'content' ? /^(\d+)\s*$/.exec(read.value)?.[1] : undefined;
  if (pid === undefined) return undefined;
  const path = `/proc/${pid}/cmdline`;
  const cmdline = await host.read(path);
  if (cmdline.kind === 'unreadable') return `${path} cannot be read (${cmdline.errno})`;
  return cmdline.kind === 'content' && vmidOfCmdline(cmdline.value) === vmid ? Number(pid) : undefined;
}
