// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Pool } from '../../core/facts/guest-facts.ts';
import { configDigest } from '../../core/guest/digest.ts';
import { poolOfSection, readPoolSections } from '../../core/guest/pool-config.ts';
import { ok, type Problem, problem, type Result } from '../../core/problem.ts';
import type { Host } from '../../ports/host.ts';

const PATH = '/etc/pve/mapping/pci.cfg';

/** One pool as PVE has it now, null when there is none, with the digest of the file. An absent file has no pools. */
export async function findPool(host: Host, id: string): Promise<Result<{ readonly pool: Pool | null; readonly digest: string }>> {
  const read = await host.read(PATH);
  if (read.kind === 'unreadable') return problem('host.read', `${PATH} cannot be read: ${read.errno}.`, { where: PATH });
  if (read.kind === 'absent' && (await host.list('/etc/pve')).kind === 'absent') {
    return problem('pve.absent', '/etc/pve is not there, so pools cannot be looked at.', { hint: 'Start pve-cluster.' });
  }
  const text = read.kind === 'content' ? read.value : '';
  const section = readPoolSections(text).sections.find((one) => one.id === id);
  const pool = section === undefined ? null : poolOfSection(section);
  if (pool !== null && pool.entries.length !== section?.maps.length) {
    return problem('pool.invalid', `The pool ${id} has an entry that Proxmox VE itself cannot read; a change would lose it.`, {
      hint: `Correct it in ${PATH} or in the web interface first.`,
      where: id,
    });
  }
  return ok({ pool, digest: configDigest(text) });
}

/** The answer when a pool is not as the plan expects it. */
export function poolDrifted(id: string): { readonly ok: false; readonly problem: Problem } {
  return problem('plan.drift', `The pool ${id} has changed since the plan was made.`, { hint: 'Plan again.', where: id });
}
