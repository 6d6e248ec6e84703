// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * The VMID of a QEMU process from its NUL-separated `/proc/PID/cmdline`, else undefined. PVE's own test (qemu-server Helpers.pm):
 * the program is `kvm` or `qemu-*`; the `-id` argument names the guest.
 */
export function vmidOfCmdline(cmdline: string): number | undefined {
  const words = cmdline.split('\0');
  if (!isQemu(words[0] ?? '')) return undefined;
  const at = words.findIndex((word) => word === '-id' || word === '--id');
  const value = at < 0 ? '' : (words[at + 1] ?? '');
  return /^\d+$/.test(value) ? Number(value) : undefined;
}

/** The part of a QEMU command line that facts rest on, for a capture: program and `-id`, nothing of names or disks. */
export function keptCmdline(cmdline: string): string {
  const vmid = vmidOfCmdline(cmdline);
  return vmid === undefined ? '' : `${cmdline.split('\0')[0] ?? ''}\0-id\0${vmid}\0`;
}

function isQemu(program: string): boolean {
  return program.endsWith('kvm') || /(?:^|\/)qemu-[^/]+$/.test(program);
}

/** A line of `/proc/net/unix` that a running container's monitor causes. */
const COMMAND_SOCKET = / @\/var\/lib\/lxc\/(\d+)\/command$/;

/**
 * The running containers, from the text of `/proc/net/unix`: PVE's own test is the abstract socket `@/var/lib/lxc/ID/command`
 * (pve-container LXC.pm list_active_containers). The cgroup folder is no test: it can stay behind after a stop.
 */
export function runningContainers(procNetUnix: string): ReadonlySet<number> {
  const running = new Set<number>();
  for (const line of procNetUnix.split('\n')) {
    const match = line.includes('/lxc/') ? COMMAND_SOCKET.exec(line) : null;
    if (match !== null) running.add(Number(match[1]));
  }
  return running;
}

/** The lines of `/proc/net/unix` that facts rest on, for a capture. */
export function keptProcNetUnix(text: string): string {
  return text
    .split('\n')
    .filter((line) => COMMAND_SOCKET.test(line))
    .map((line) => `${line}\n`)
    .join('');
}
