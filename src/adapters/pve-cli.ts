// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Pool } from '../core/facts/guest-facts.ts';
import { guestArgv } from '../core/plan/guest-argv.ts';
import type { GuestChange } from '../core/plan/guest-change.ts';
import { createPoolOptions, updatePoolOptions } from '../core/plan/pool-argv.ts';
import { pveRefusal } from '../core/plan/pve-refusal.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import type { Host } from '../ports/host.ts';
import type { Pve } from '../ports/pve.ts';

const MAPPING = '/cluster/mapping/pci';
/** `qm set` itself waits 10 s for a guest's lock; a busy cluster file system may add to it. */
const TIMEOUT_MS = 60_000;

/** Proxmox VE through its own programs `qm`, `pct` and `pvesh`, run as root on the machine behind the Host port. */
export class PveCli implements Pve {
  readonly #host: Host;

  constructor(host: Host) {
    this.#host = host;
  }

  async changeGuest(change: GuestChange): Promise<Result<void>> {
    const argv = guestArgv(change);
    return argv === null ? ok(undefined) : await this.#run(argv, `${change.kind === 'qemu' ? 'VM' : 'container'} ${change.vmid}`);
  }

  async createPool(pool: Pool): Promise<Result<void>> {
    return await this.#run(['pvesh', 'create', MAPPING, ...createPoolOptions(pool)], `the pool ${pool.id}`);
  }

  async updatePool(pool: Pool, before: Pool, digest: string): Promise<Result<void>> {
    if (pool.entries.length === 0) {
      // PVE takes no update without `map`, so an empty list cannot be said (pve-manager Mapping/PCI.pm).
      return problem('pool.invalid', `The pool ${pool.id} would be left without an entry.`, {
        hint: 'Remove the pool instead.',
        where: pool.id,
      });
    }
    return await this.#run(
      ['pvesh', 'set', `${MAPPING}/${pool.id}`, ...updatePoolOptions(pool, before, digest)],
      `the pool ${pool.id}`,
    );
  }

  async removePool(id: string): Promise<Result<void>> {
    return await this.#run(['pvesh', 'delete', `${MAPPING}/${id}`], `the pool ${id}`);
  }

  async #run(argv: readonly [string, ...string[]], subject: string): Promise<Result<void>> {
    const ran = await this.#host.run(argv, { timeoutMs: TIMEOUT_MS });
    if (!ran.ok) return ran;
    // Only zero or not says something: the number is whatever errno Perl had at hand.
    return ran.value.exitCode === 0 ? ok(undefined) : { ok: false, problem: pveRefusal(subject, ran.value) };
  }
}
