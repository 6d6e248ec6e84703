// SPDX-License-Identifier: AGPL-3.0-or-later
import { defaultRoutes, HEALTH_UNITS, type HealthCheck } from '../core/setup/health.ts';
import type { Host } from '../ports/host.ts';

const SYSTEMCTL_MS = 10_000;

/** Which of the checks hold now. Nothing that cannot be looked at holds. */
export async function healthyChecks(host: Host): Promise<readonly HealthCheck[]> {
  const [pve, network] = [await daemonsRun(host), await isReachable(host)];
  return [...(pve ? (['pve'] as const) : []), ...(network ? (['network'] as const) : [])];
}

async function daemonsRun(host: Host): Promise<boolean> {
  const ran = await host.run(['systemctl', 'is-active', ...HEALTH_UNITS], { timeoutMs: SYSTEMCTL_MS });
  if (!ran.ok) return false;
  const states = ran.value.stdout.split('\n').filter((line) => line !== '');
  return states.length === HEALTH_UNITS.length && states.every((state) => state === 'active');
}

async function isReachable(host: Host): Promise<boolean> {
  const text = async (path: string) => {
    const read = await host.read(path);
    return read.kind === 'content' ? read.value : '';
  };
  const devices = defaultRoutes(await text('/proc/net/route'), await text('/proc/net/ipv6_route'));
  // Tunnels and some bridges never say more than "unknown".
  const states = await Promise.all(devices.map(async (device) => (await text(`/sys/class/net/${device}/operstate`)).trim()));
  return states.some((state) => state === 'up' || state === 'unknown');
}
