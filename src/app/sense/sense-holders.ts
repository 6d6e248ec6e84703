// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Holder, HolderFacts } from '../../core/facts/drm-facts.ts';
import { known, type Section, unknown } from '../../core/facts/section.ts';
import { vmidOfCmdline } from '../../core/guest/guest-process.ts';
import { ctidOfCgroup, devicePathOfFd } from '../../core/platform/process-identity.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host } from '../../ports/host.ts';
import { readOptional, unreadable } from './attribute.ts';

export interface HolderOptions {
  /** Look only at these processes, for example at the guests' QEMUs; at all processes otherwise. */
  readonly pids?: readonly number[];
}

/** `comm` has at most 15 bytes in the kernel (TASK_COMM_LEN); escapes written out make it longer. */
const COMMAND_LIMIT = 64;

type Looked = Holder | 'none' | 'unreadable';

/** Who has `/dev/dri/*` or `/dev/vfio/*` open, by the links of `/proc/PID/fd`. Processes that end meanwhile are skipped. */
export async function senseHolders(host: Host, options: HolderOptions = {}): Promise<Section<HolderFacts>> {
  let pids = options.pids;
  if (pids === undefined) {
    const listed = await host.list('/proc');
    if (listed.kind === 'absent') return unknown('/proc is not there, so nobody can tell what processes have open');
    if (listed.kind === 'unreadable') return unreadable('/proc', listed.errno);
    pids = listed.value.filter((name) => /^[0-9]+$/.test(name)).map(Number);
  }
  const looked = await Promise.all(pids.map((pid) => lookAt(host, pid)));
  return known({
    holders: looked.filter((answer) => typeof answer === 'object').sort((a, b) => a.pid - b.pid),
    unreadableProcesses: looked.filter((answer) => answer === 'unreadable').length,
  });
}

async function lookAt(host: Host, pid: number): Promise<Looked> {
  const fds = await host.list(`/proc/${pid}/fd`);
  if (fds.kind === 'absent' || (fds.kind === 'unreadable' && fds.errno === 'ESRCH')) return 'none';
  if (fds.kind === 'unreadable') return 'unreadable';
  const links = await Promise.all(fds.value.map((fd) => host.readLink(`/proc/${pid}/fd/${fd}`)));
  const paths = new Set(links.flatMap((link) => (link.kind === 'content' ? (devicePathOfFd(link.value) ?? []) : [])));
  if (paths.size === 0) {
    return links.some((link) => link.kind === 'unreadable' && link.errno !== 'ESRCH') ? 'unreadable' : 'none';
  }
  const [comm, cmdline, cgroup] = await Promise.all([
    readOptional(host, `/proc/${pid}/comm`),
    readOptional(host, `/proc/${pid}/cmdline`),
    readOptional(host, `/proc/${pid}/cgroup`),
  ]);
  const vmid = vmidOfCmdline(cmdline ?? '');
  const ctid = ctidOfCgroup(cgroup ?? '');
  return {
    pid,
    command: visible((comm ?? '').replace(/\n$/, ''), COMMAND_LIMIT),
    ...(vmid === undefined ? {} : { vmid }),
    ...(ctid === undefined ? {} : { ctid }),
    paths: [...paths].map((path) => visible(path)).sort(),
  };
}
