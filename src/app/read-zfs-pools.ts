// SPDX-License-Identifier: AGPL-3.0-or-later
import { parseZpoolGet, rootPool, type ZfsPool } from '../core/kernels/zfs-guard.ts';
import type { Host } from '../ports/host.ts';

const ZPOOL_MS = 60_000;

/** The imported pools and the features in use; none where no ZFS is loaded, undefined where zpool cannot be asked. */
export async function readZfsPools(host: Host, cmdline: string): Promise<readonly ZfsPool[] | undefined> {
  if (rootPool(cmdline) === undefined && (await host.stat('/sys/module/zfs')).kind === 'absent') return [];
  if (!host.abilities.run) return undefined;
  const ran = await host.run(['zpool', 'get', '-H', '-o', 'name,property,value', 'all'], { timeoutMs: ZPOOL_MS });
  return ran.ok && ran.value.exitCode === 0 ? parseZpoolGet(ran.value.stdout) : undefined;
}
