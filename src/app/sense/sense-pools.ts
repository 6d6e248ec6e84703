// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Pool, PoolFacts } from '../../core/facts/guest-facts.ts';
import { known, type Section, unknown } from '../../core/facts/section.ts';
import { configDigest } from '../../core/guest/digest.ts';
import { parsePoolConfig } from '../../core/guest/pool-config.ts';
import { ok, problem, type Result } from '../../core/problem.ts';
import type { Host } from '../../ports/host.ts';
import { unreadable } from './attribute.ts';
import { mayHaveGuests } from './proxmox-node.ts';

const FILE = '/etc/pve/mapping/pci.cfg';

/** The PCI resource mappings without descriptions. An absent file means no pool, unless `/etc/pve` of a node is not mounted. */
export async function sensePools(host: Host): Promise<Section<PoolFacts>> {
  const [read, nodes] = await Promise.all([host.read(FILE), host.list('/etc/pve/nodes')]);
  if (read.kind === 'unreadable') return unreadable(FILE, read.errno);
  if (read.kind === 'absent') {
    const none = nodes.kind === 'content' || !(await mayHaveGuests(host));
    return none ? known({ pools: [] }) : unknown('/etc/pve is not mounted, so the pools are not known');
  }
  return known({ pools: parsePoolConfig(read.value).map(withoutDescriptions) });
}

function withoutDescriptions({ description: _description, ...pool }: Pool): Pool {
  return { ...pool, entries: pool.entries.map(({ description: _entryDescription, ...entry }) => entry) };
}

/** The mappings now, descriptions included, with PVE's digest. Read this before a change; facts hold only a part. */
export async function readPoolConfig(host: Host): Promise<Result<{ readonly pools: readonly Pool[]; readonly digest: string }>> {
  const [read, nodes] = await Promise.all([host.readBytes(FILE), host.list('/etc/pve/nodes')]);
  if (read.kind === 'unreadable') return problem('host.read', `${FILE} cannot be read (${read.errno}).`, { where: FILE });
  if (read.kind === 'absent') {
    if (nodes.kind === 'content') return ok({ pools: [], digest: configDigest('') });
    return problem('pve.absent', '/etc/pve is not mounted, so the pools are not known.', {
      hint: 'Look at systemctl status pve-cluster.',
    });
  }
  return ok({ pools: parsePoolConfig(new TextDecoder().decode(read.value)), digest: configDigest(read.value) });
}
