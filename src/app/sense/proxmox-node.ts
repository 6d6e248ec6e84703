// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Host } from '../../ports/host.ts';

/** The mount point of pmxcfs, and the folder of its database (pve-cluster); both stay when pmxcfs does not run. */
const SIGNS: readonly string[] = ['/etc/pve', '/var/lib/pve-cluster'];

/**
 * Whether this machine can have guests of Proxmox VE. Only a machine without any sign of pve-cluster has none for sure;
 * a node whose `/etc/pve` is not mounted has guests that cannot be seen.
 */
export async function mayHaveGuests(host: Host): Promise<boolean> {
  const found = await Promise.all(SIGNS.map((path) => host.stat(path)));
  return found.some(({ kind }) => kind !== 'absent');
}
