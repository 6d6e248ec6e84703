// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Host } from '../../ports/host.ts';
import type { Pve } from '../../ports/pve.ts';

/** Proxmox through its programs; the adapter is loaded at the first change, since most commands only look. */
export function pveOf(host: Host): Pve {
  const load = async () => new (await import('../../adapters/pve-cli.ts')).PveCli(host);
  return {
    changeGuest: async (change) => await (await load()).changeGuest(change),
    createPool: async (pool) => await (await load()).createPool(pool),
    updatePool: async (pool, before, digest) => await (await load()).updatePool(pool, before, digest),
    removePool: async (id) => await (await load()).removePool(id),
  };
}
