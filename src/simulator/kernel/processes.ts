// SPDX-License-Identifier: AGPL-3.0-or-later
import type { SimulatedProcess } from '../machine.ts';
import { resumeBlocked } from './blocked.ts';
import type { KernelState } from './state.ts';

/** Starts a process: it gets the next number and its files below `/proc`. */
export function startProcess(state: KernelState, wanted: Omit<SimulatedProcess, 'pid'>): SimulatedProcess {
  const process: SimulatedProcess = { ...wanted, pid: state.nextPid };
  state.nextPid += 1;
  state.processes.set(process.pid, process);
  showProcess(state, process);
  showSockets(state);
  return process;
}

/** Ends a process: its devices are closed, and writes that waited for that go on. */
export function endProcess(state: KernelState, pid: number): void {
  if (!state.processes.delete(pid)) return;
  state.tree.remove(`/proc/${pid}`);
  showSockets(state);
  resumeBlocked(state);
}

function showProcess(state: KernelState, process: SimulatedProcess): void {
  const directory = `/proc/${process.pid}`;
  const { tree } = state;
  // The kernel keeps 15 bytes of a name (TASK_COMM_LEN).
  const name = process.command.slice(0, 15);
  tree.setFile(`${directory}/comm`, `${name}\n`);
  tree.setFile(`${directory}/cmdline`, process.argv.map((word) => `${word}\0`).join(''), { mode: 0o444 });
  tree.setFile(`${directory}/cgroup`, `0::${cgroupOf(process)}\n`, { mode: 0o444 });
  // Field 22 is the start time in clock ticks (proc(5)).
  tree.setFile(`${directory}/stat`, `${process.pid} (${name}) S 1${' 0'.repeat(17)} ${process.pid * 100}${' 0'.repeat(30)}\n`, {
    mode: 0o444,
  });
  tree.setFile(`${directory}/status`, `Name:\t${name}\nState:\tS (sleeping)\nPid:\t${process.pid}\nPPid:\t1\n`, { mode: 0o444 });
  for (const fd of [0, 1, 2]) tree.setLink(`${directory}/fd/${fd}`, '/dev/null');
  process.open.forEach((path, index) => {
    tree.setLink(`${directory}/fd/${index + 10}`, path);
  });
}

function cgroupOf(process: SimulatedProcess): string {
  if (process.cgroup !== undefined) return process.cgroup;
  const id = process.argv[process.argv.indexOf('-id') + 1];
  return process.argv.includes('-id') && id !== undefined
    ? `/qemu.slice/${id}.scope`
    : `/system.slice/${process.command}.service`;
}

/** `/proc/net/unix`: the monitor of a running container (`lxc-start -n ID`) listens on an abstract socket. */
function showSockets(state: KernelState): void {
  const rows = [...state.processes.values()].flatMap((process) => {
    const id = process.argv[process.argv.indexOf('-n') + 1];
    if (process.command !== 'lxc-start' || id === undefined || !process.argv.includes('-n')) return [];
    return [`0000000000000000: 00000002 00000000 00010000 0001 01 ${20_000 + process.pid} @/var/lib/lxc/${id}/command\n`];
  });
  const header = 'Num       RefCount Protocol Flags    Type St Inode Path\n';
  state.tree.setFile('/proc/net/unix', header + rows.join(''), { mode: 0o444 });
}
