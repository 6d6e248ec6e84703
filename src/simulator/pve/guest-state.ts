// SPDX-License-Identifier: AGPL-3.0-or-later
import { vmidOfCmdline } from '../../core/guest/guest-process.ts';
import type { Machine } from '../machine.ts';
import { Hang } from './hang.ts';
import { Die, EINTR, ENOENT } from './perl-die.ts';

/** What the simulation keeps of a machine beside its files. Keyed by machine, so that several can live side by side. */
interface Hidden {
  /** Guests whose system does not answer the power button. */
  readonly deaf: Set<number>;
  tasks: number;
}

const HIDDEN = new WeakMap<Machine, Hidden>();

/** What a reboot forgets: flocks by path, and guests that wait paused. Keyed by the running kernel. */
interface Volatile {
  readonly locks: Set<string>;
  readonly paused: Set<number>;
}

const VOLATILE = new WeakMap<object, Volatile>();

/** What the machine keeps until its next reboot. */
export function volatileState({ kernel }: Machine): Volatile {
  const known = VOLATILE.get(kernel);
  if (known !== undefined) return known;
  const made: Volatile = { locks: new Set(), paused: new Set() };
  VOLATILE.set(kernel, made);
  return made;
}

/** The hidden state of a machine, made on first use. */
export function hiddenState(machine: Machine): Hidden {
  const known = HIDDEN.get(machine);
  if (known !== undefined) return known;
  const made: Hidden = { deaf: new Set(), tasks: 0 };
  HIDDEN.set(machine, made);
  return made;
}

/** Where PVE keeps a guest's file, relative to `/etc/pve`. */
export function confName(machine: Machine, vmid: number, kind: 'qemu-server' | 'lxc' = 'qemu-server'): string {
  return `nodes/${machine.nodeName}/${kind}/${vmid}.conf`;
}

/** The raw file of a guest; dies as PVE does when it is absent. */
export function readConf(machine: Machine, vmid: number, kind: 'qemu-server' | 'lxc' = 'qemu-server'): string {
  const raw = machine.tree.text(`/etc/pve/${confName(machine, vmid, kind)}`);
  if (raw === undefined)
    throw new Die(`Configuration file '${confName(machine, vmid, kind)}' does not exist\n`, { exitCode: ENOENT });
  return raw;
}

/** Replaces a file of `/etc/pve`; without quorum the cluster file system is read-only (EACCES). */
export function writeCluster(machine: Machine, name: string, text: string): void {
  if (!machine.quorate) throw new Die(`unable to open file '/etc/pve/${name}.tmp.4242' - Permission denied\n`, { exitCode: 13 });
  machine.tree.setFile(`/etc/pve/${name}`, text, { mode: 0o640, gid: 33 });
}

/** Dies when the cluster has no quorum (pve-cluster `check_cfs_quorum`). */
export function checkQuorum(machine: Machine): void {
  if (!machine.quorate) throw new Die('cluster not ready - no quorum?\n');
}

/** The pid of a running VM: its pid file names a live QEMU with its `-id` (qemu-server Helpers.pm). */
export function runningPid(machine: Machine, vmid: number): number | undefined {
  const pid = Number(machine.tree.text(`/run/qemu-server/${vmid}.pid`) ?? Number.NaN);
  const process = machine.kernel.processes().find((one) => one.pid === pid);
  return process !== undefined && vmidOfCmdline(process.argv.join('\0')) === vmid ? pid : undefined;
}

/** How often a waiter for a held lock lets the others run before PVE's time is over in the simulation. */
const TURNS_TO_WAIT = 500;

/** Waits until nobody holds a lock file; PVE's failure when that takes too long (10 s for a guest, 5 s for devices). */
export async function waitForLock(machine: Machine, path: string, warn: (text: string) => void): Promise<void> {
  const { locks } = volatileState(machine);
  if (!locks.has(path)) return;
  warn('trying to acquire lock...');
  for (let turn = 0; locks.has(path); turn++) {
    if (turn === TURNS_TO_WAIT) {
      warn('\n');
      throw new Die(`can't lock file '${path}' - got timeout\n`, { exitCode: EINTR });
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  warn(' OK\n');
}

/**
 * Runs code under the flock of a guest's configuration (`lock_config`). A holder that only waits for us, a hook's own
 * `qm set`, makes it time out, as in PVE.
 */
export async function withConfigLock<T>(
  machine: Machine,
  path: string,
  warn: (text: string) => void,
  run: () => Promise<T>,
): Promise<T> {
  await waitForLock(machine, path, warn);
  const { locks } = volatileState(machine);
  locks.add(path);
  try {
    const result = await run();
    locks.delete(path);
    return result;
  } catch (error) {
    // A task that hangs in the kernel keeps its lock for ever.
    if (!(error instanceof Hang)) locks.delete(path);
    throw error;
  }
}

/** The lock file of PVE's reservations. PVE reads and writes them in one go, so that only others can hold it. */
export const RESERVATION_LOCK = '/run/qemu-server/pci-id-reservations.lock';

/** Takes a lock file in the name of another process, and answers how to give it back. */
export function holdLock(machine: Machine, path: string): () => void {
  const { locks } = volatileState(machine);
  locks.add(path);
  return () => locks.delete(path);
}

/** The lock file of a VM's configuration. */
export function vmLock(vmid: number): string {
  return `/var/lock/qemu-server/lock-${vmid}.conf`;
}

/** Makes a guest ignore the power button, as one without an operating system does. */
export function makeDeaf(machine: Machine, vmid: number): void {
  hiddenState(machine).deaf.add(vmid);
}

/** A task id in PVE's form (`UPID:node:pid:pstart:start:type:id:user:`). */
export function newUpid(machine: Machine, type: string, id: string, user: string): string {
  const hidden = hiddenState(machine);
  hidden.tasks += 1;
  const hex = (value: number) => value.toString(16).toUpperCase().padStart(8, '0');
  const pid = hex(0x1000 + hidden.tasks);
  return `UPID:${machine.nodeName}:${pid}:${hex(0x2000 + hidden.tasks)}:${hex(Math.floor(machine.nowMs() / 1000))}:${type}:${id}:${user}:`;
}
