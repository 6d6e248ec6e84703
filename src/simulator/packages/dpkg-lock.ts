// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Machine } from '../machine.ts';

/** The lock that apt holds while it works with dpkg. */
export const FRONTEND_LOCK = '/var/lib/dpkg/lock-frontend';

const LOCKS = '/proc/locks';

/** Somebody else works with dpkg: a process that has the lock file open and locked. Answers what ends it. */
export function holdDpkgLock(machine: Machine, command: string): () => void {
  const { pid } = machine.kernel.startProcess({ command, argv: [`/usr/bin/${command}`], open: [FRONTEND_LOCK] });
  machine.tree.setFile(LOCKS, `1: POSIX  ADVISORY  WRITE ${pid} 08:03:131 0 EOF\n`, { mode: 0o444 });
  return () => {
    machine.kernel.endProcess(pid);
    machine.tree.remove(LOCKS);
  };
}

/** Who holds it, or undefined. */
export function dpkgLockHolder({ tree, kernel }: Machine): { readonly pid: number; readonly command: string } | undefined {
  const pid = Number(/ WRITE ([0-9]+) /.exec(tree.text(LOCKS) ?? '')?.[1]);
  return kernel.processes().find((process) => process.pid === pid && process.open.includes(FRONTEND_LOCK));
}
