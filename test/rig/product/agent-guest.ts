// SPDX-License-Identifier: AGPL-3.0-or-later
import type { VirtualMachine } from '../machine/virtual-machine.ts';
import { guestRoot } from './pve-tools.ts';

/** The root in which the agent of the VM lives. */
export const INSIDE = '/guest';

/** Programs that the machine has not, or that would need a network; each notes its call and does what it was ordered to. */
const PROGRAMS = ['apt-get', 'update-initramfs', 'wget', 'vainfo', 'ffmpeg', 'clinfo', 'intel_gpu_top'] as const;
type Program = (typeof PROGRAMS)[number];

const PROGRAM = `#!/bin/sh
name=\${0##*/}
echo "$name $*" >> /var/log/ran
[ ! -e /orders/$name ] || . /orders/$name
`;

/** As the installer of Debian 13 leaves it. */
const SOURCES = `Types: deb
URIs: http://debian.org/debian/
Suites: trixie trixie-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;

/**
 * Makes a VM out of the machine itself: PVE's configuration, a process that PVE would take for its QEMU, and a root of its own in which
 * Debian's qemu-guest-agent can run.
 */
export async function createAgentGuest(machine: VirtualMachine, vmid: number, config: string): Promise<void> {
  const put = async (path: string, input: string, mode = 644) =>
    await machine.must(`cat > ${path} && chmod ${mode} ${path}`, { input });
  await machine.must(`${guestRoot(INSIDE)}
ln -sfn ../run ${INSIDE}/var/run
mkdir -p ${INSIDE}/etc/apt/sources.list.d ${INSIDE}/etc/modprobe.d ${INSIDE}/opt/bin ${INSIDE}/orders ${INSIDE}/dev/dri /run/qemu-server
mount --rbind /sys ${INSIDE}/sys; mount --bind /dev/dri ${INSIDE}/dev/dri; mount -t proc proc ${INSIDE}/proc
mknod ${INSIDE}/dev/kmsg c 1 11
cp /etc/os-release /etc/passwd /etc/group /etc/shadow /etc/login.defs ${INSIDE}/etc
chroot ${INSIDE} useradd media
setsid bash -c 'exec -a /usr/bin/kvm perl -e "sleep 100000" -- -id ${vmid}' > /dev/null 2>&1 < /dev/null &
echo $! > /run/qemu-server/${vmid}.pid`);
  await put(`/etc/pve/qemu-server/${vmid}.conf`, config);
  await put(`${INSIDE}/etc/apt/sources.list.d/debian.sources`, SOURCES);
  await put(`${INSIDE}/opt/bin/program`, PROGRAM, 755);
  await machine.must(`cd ${INSIDE}/opt/bin; for name in ${PROGRAMS.join(' ')}; do cp program $name; done; rm program`);
}

/** Starts the agent and waits for its socket. */
export async function startAgent(machine: VirtualMachine, vmid: number): Promise<void> {
  const socket = `/run/qemu-server/${vmid}.qga`;
  await machine.must(`mkdir -p ${INSIDE}/run/qemu-server; ln -sfn ${INSIDE}${socket} ${socket}; rm -f ${INSIDE}${socket}
setsid chroot ${INSIDE} env PATH=/opt/bin:/usr/sbin:/usr/bin qemu-ga -m unix-listen -p ${socket} -f /run/qga.pid > /tmp/agent.log 2>&1 < /dev/null &
for n in $(seq 100); do [ -S ${INSIDE}${socket} ] && exit 0; sleep 0.1; done; cat /tmp/agent.log; exit 1`);
}

/** Sends a signal to the agent. */
export async function signalAgent(machine: VirtualMachine, signal: 'KILL' | 'STOP' | 'CONT'): Promise<void> {
  await machine.must(`pkill -${signal} -f '^qemu-ga -m unix-listen'`);
}

/** Says what a program inside does from now on, as shell text; nothing when it is empty. The calls so far are forgotten. */
export async function order(machine: VirtualMachine, orders: { readonly [P in Program]?: string }): Promise<void> {
  await machine.must(`rm -f ${INSIDE}/orders/* ${INSIDE}/var/log/ran`);
  for (const [program, text] of Object.entries(orders)) await machine.must(`cat > ${INSIDE}/orders/${program}`, { input: text });
}

/** The programs that ran inside since then, each with its arguments. */
export async function ranInside(machine: VirtualMachine): Promise<readonly string[]> {
  return (await machine.must(`cat ${INSIDE}/var/log/ran 2> /dev/null; true`)).split('\n').filter((line) => line !== '');
}
