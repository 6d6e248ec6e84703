// SPDX-License-Identifier: AGPL-3.0-or-later
import { nodeOf, ownGuests } from '../../assign/assignments.ts';
import { guestName } from '../../assign/guest-keys.ts';
import type { HostFacts } from '../../facts/host-facts.ts';
import { ifKnown } from '../../facts/section.ts';
import { hostpciEntries } from '../../guest/guest-view.ts';
import { hostpciNames } from '../../guest/hostpci-targets.ts';
import { visible } from '../../text/visible.ts';
import type { FindingRule, Outcome } from '../finding.ts';

/** A guest with this mapping stays on this node: neither migration nor HA can start it elsewhere. */
export const MAPPING_ON_ONE_NODE: FindingRule = {
  id: 'cluster.mapping-on-one-node',
  severity: 'advice',
  title: 'A mapping has devices on some nodes of the cluster only',
  reference: 'https://pve.proxmox.com/wiki/PCI_Passthrough#_resource_mapping',
  follows: ['guest.mapping-missing'],
  examine: ({ facts }) => {
    const nodes = ifKnown(facts.pve)?.nodes ?? [];
    return (ifKnown(facts.pools)?.pools ?? []).flatMap(({ id, entries }): readonly Outcome[] => {
      const users = usersOf(facts, id);
      const here = entries.some(({ node }) => node === nodeOf(facts));
      const without = nodes.filter((name) => !entries.some(({ node }) => node === name)).map((name) => visible(name, 64));
      if (users.length === 0 || without.length === 0 || !here) return [];
      const pool = visible(id, 64);
      const places = entries.map(({ node, path }) => `${node} ${path}`).join(', ');
      return [
        {
          state: 'problem',
          subject: pool,
          because: `${users.join(', ')} cannot run on ${without.join(', ')}: the mapping ${pool} has no device there.`,
          evidence: [{ source: '/etc/pve/mapping/pci.cfg', value: visible(`${id}: ${places}`, 200) }],
          remedy: { text: 'Where another node has such a GPU, run pveigpu pool sync on it.' },
        },
      ];
    });
  },
};

/** The guests of this node that name a mapping. */
function usersOf(facts: HostFacts, pool: string): readonly string[] {
  const names = ownGuests(facts).filter((guest) =>
    hostpciEntries(guest, 'next').some(({ parsed }) => {
      const named = parsed.ok ? hostpciNames(parsed.value) : undefined;
      return named?.kind === 'mapping' && named.mapping === pool;
    }),
  );
  return names.map(guestName);
}
