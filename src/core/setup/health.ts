// SPDX-License-Identifier: AGPL-3.0-or-later

/** What a node must have after a reboot if it had it before: somebody must be able to reach and use it. */
export type HealthCheck = 'pve' | 'network';

export const HEALTH_CHECKS: readonly HealthCheck[] = ['pve', 'network'];

/** PVE's daemons without which nobody can manage the node. */
export const HEALTH_UNITS: readonly string[] = ['pve-cluster.service', 'pvedaemon.service', 'pveproxy.service'];

/** For messages: what is wrong when a check fails. */
export const SICKNESS: { readonly [K in HealthCheck]: string } = {
  pve: "Proxmox VE's daemons do not run",
  network: 'there is no default route over an interface that is up',
};

/**
 * The interfaces over which the node has a default route, by the kernel's tables `/proc/net/route` (destination and mask 0)
 * and `/proc/net/ipv6_route` (prefix length 0 with a gateway; the kernel's own reject route is over lo).
 */
export function defaultRoutes(route4: string, route6: string): readonly string[] {
  const four = route4
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, destination, , , , , , mask]) => destination === '00000000' && mask === '00000000')
    .map(([device = '']) => device);
  const six = route6
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([destination = '', length]) => /^0+$/.test(destination) && length === '00')
    .map((words) => words[9] ?? '');
  return [...new Set([...four, ...six])].filter((device) => device !== '' && device !== 'lo');
}
