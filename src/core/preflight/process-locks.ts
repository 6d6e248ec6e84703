// SPDX-License-Identifier: AGPL-3.0-or-later

/** Files on which dpkg and apt hold a record lock while they work (apt, apt-pkg/deb/debsystem.cc). */
export const DPKG_LOCKS: readonly string[] = [
  '/var/lib/dpkg/lock-frontend',
  '/var/lib/dpkg/lock',
  '/var/cache/apt/archives/lock',
];

/** Processes that hold a record lock for writing, by `/proc/locks` (proc_locks(5)); those that wait for one (`->`) are left out. */
export function recordLockHolders(locks: string): readonly number[] {
  const pids = locks.split('\n').flatMap((line) => /^\d+: POSIX +\S+ +WRITE (\d+) /.exec(line)?.[1] ?? []);
  return [...new Set(pids.map(Number))];
}

/** Whether a default route is in `/proc/net/route` or `/proc/net/ipv6_route`; undefined when neither could be read. */
export function hasDefaultRoute(ipv4: string | undefined, ipv6: string | undefined): boolean | undefined {
  if (ipv4 === undefined && ipv6 === undefined) return undefined;
  const four = (ipv4 ?? '')
    .split('\n')
    .some((line) => /^\S+\t00000000\t[0-9A-F]{8}\t[0-9A-F]+\t\d+\t\d+\t\d+\t00000000\t/.test(line));
  // Destination and prefix length of zero, over a real device: an unreachable default stands on lo.
  const six = (ipv6 ?? '').split('\n').some((line) => /^0{32} 00 /.test(line) && !/\slo$/.test(line));
  return four || six;
}
