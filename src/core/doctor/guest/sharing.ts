// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Assignment, allAssignments, nodeOf } from '../../assign/assignments.ts';
import { guestName, isOn, nextConfig } from '../../assign/guest-keys.ts';
import { ifKnown } from '../../facts/section.ts';
import { EMPTY_LEDGER } from '../../plan/ledger.ts';
import { visible } from '../../text/visible.ts';
import type { DoctorCase } from '../doctor-case.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { entryEvidence } from '../gpu-wish.ts';
import { withKnown } from '../known-sections.ts';

/** Guests that start at boot and name one and the same device: only one of them will run. */
export const sliceShared: FindingRule = {
  id: 'guest.slice-shared',
  severity: 'warning',
  title: 'Guests that start at boot share one slice',
  reference: 'https://github.com/intel/kubevirt-gfx-sriov/issues/5',
  follows: ['guest.passes-whole-gpu'],
  examine: (ground) =>
    withKnown(ground, ['pci', 'guests'], () => {
      const pinned = atBoot(ground).filter(({ form }) => form === 'raw' || form === 'pf' || form === 'args');
      const devices = [...new Set(pinned.flatMap((one) => one.devices))];
      const said = new Set<string>();
      return devices.flatMap((bdf): readonly Outcome[] => {
        const users = pinned.filter((one) => one.devices.includes(bdf));
        const [first, second] = users.filter((one, at) => users.findIndex(({ guest }) => guest.vmid === one.guest.vmid) === at);
        if (first === undefined || second === undefined) return [];
        const pair = `${first.guest.vmid} ${second.guest.vmid}`;
        if (said.has(pair)) return [];
        said.add(pair);
        return [
          {
            state: 'problem',
            subject: guestName(second.guest),
            because: `${guestName(first.guest)} and ${guestName(second.guest)} both start at boot and name ${bdf}, so only one of them will run.`,
            evidence: [entryEvidence(first.guest, first.key), entryEvidence(second.guest, second.key)],
            remedy: { text: `Give one of them a VF of the pool: pveigpu assign ${second.guest.vmid}; or take its onboot away.` },
          },
        ];
      });
    }),
};

/** Guests that start at boot want more VFs of a pool than it has on this node. */
export const poolTooSmall: FindingRule = {
  id: 'guest.pool-too-small',
  severity: 'warning',
  title: 'A pool has fewer VFs than guests that start at boot want',
  reference: 'https://pve.proxmox.com/pve-docs/chapter-qm.html#resource_mapping',
  follows: ['vf.gone', 'vf.fewer', 'vf.pool-stale'],
  examine: (ground) =>
    withKnown(ground, ['pci', 'guests', 'pools'], ({ pools }) => {
      const node = nodeOf(ground.facts);
      const users = atBoot(ground).filter(({ form }) => form === 'pool');
      return pools.pools.flatMap((pool): readonly Outcome[] => {
        const size = pool.entries.filter((entry) => entry.node === node).length;
        const own = users.filter((one) => one.pool === pool.id);
        const [first] = own;
        if (size === 0 || own.length <= size || first === undefined) return [];
        const names = [...new Set(own.map(({ guest }) => guestName(guest)))].join(', ');
        return [
          {
            state: 'problem',
            subject: visible(pool.id, 64),
            because: `${names} start at boot and want ${own.length} VFs of the pool ${visible(pool.id, 64)}, which has ${size}: not all of them will start.`,
            evidence: [
              { source: '/etc/pve/mapping/pci.cfg', value: `${visible(pool.id, 64)}: ${size} entries of ${visible(node, 64)}` },
              entryEvidence(first.guest, first.key),
            ],
            remedy: { text: 'Make more VFs (pveigpu vf create N), then pveigpu pool sync; or let fewer guests start at boot.' },
          },
        ];
      });
    }),
};

function atBoot({ facts }: DoctorCase): readonly Assignment[] {
  if (ifKnown(facts.guests) === undefined) return [];
  return allAssignments(facts, EMPTY_LEDGER).filter(
    ({ guest, state }) => state !== 'leaving' && guest.kind === 'qemu' && isOn(nextConfig(guest).onboot),
  );
}
