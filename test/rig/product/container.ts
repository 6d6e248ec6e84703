// SPDX-License-Identifier: AGPL-3.0-or-later
import type { VirtualMachine } from '../machine/virtual-machine.ts';
import { guestRoot } from './pve-tools.ts';

/** A container of the rig: its number, whether its ids are mapped, PVE's type of its system, and its `/etc/group`. */
export interface Container {
  readonly id: number;
  readonly unprivileged: boolean;
  readonly ostype: string;
  readonly groups: string;
}

/** Shell text that makes the root of a container and writes PVE's configuration of it. */
function create({ id, unprivileged, ostype, groups }: Container): string {
  const root = `/var/lib/lxc/${id}/rootfs`;
  const owner = unprivileged ? 100_000 : 0;
  return `${guestRoot(root)}
cat > ${root}/etc/group <<'END'
${groups}END
chown -R ${owner}:${owner} ${root}/etc ${root}/var ${root}/tmp
cat > /etc/pve/lxc/${id}.conf <<'END'
arch: amd64
memory: 64
ostype: ${ostype}
rootfs: local:${id}/vm-${id}-disk-0.raw,size=1G
${unprivileged ? 'unprivileged: 1\n' : ''}END`;
}

/** Makes containers and starts them. */
export async function startNewContainers(machine: VirtualMachine, containers: readonly Container[]): Promise<void> {
  await machine.must([...containers.map(create), ...containers.map(({ id }) => `pct-start ${id} || exit`)].join('\n'));
}

/** Shell text that stops a container and waits until PVE would say that it does not run. */
export function stopContainer(id: number): string {
  return `kill -KILL $(cat /run/lxc-${id}.pid); for n in $(seq 100); do grep -q @/var/lib/lxc/${id}/command /proc/net/unix || break; sleep 0.1; done`;
}
