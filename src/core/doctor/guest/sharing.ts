// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Assignment, nodeOf } from '../../assign/assignments.ts';
import { guestName, isOn, nextConfig } from '../../assign/guest-keys.ts';
import { visible } from '../../text/visible.ts';
import type { DoctorCase } from '../doctor-case.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { entryEvidence } from '../gpu-wish.ts';
import { withKnown } from '../known-sections.ts';
import { gpuGuests } from './gpu-guests.ts';

/** Guests that start at boot and name one and the same device: only one of them will run. */
export const sliceShared: FindingRule = {
  id: 'guest.slice-shared',
  severity: 'warning',
  title: 'Guests that start at boot share one slice',
  reference: 'https://github.com/intel/kubevirt-gfx-sriov/issues/5',
  follows: ['guest.passes-whole-gpu'],
  examine: (ground) =>
    withKnown(ground, ['pci', 'guests'], () =>
      pairs(atBoot(ground)).map(
        ({ bdf, first, second }): Outcome => ({
          state: 'problem',
          subject: guestName(second.guest),
          because: `${guestName(first.guest)} and ${guestName(second.guest)} both start at boot and name ${bdf}, so only one of them will run.`,
          evidence: [entryEvidence(first.guest, first.key), entryEvidence(second.guest, second.key)],
          remedy: {
            text: `Give one of them a VF of the pool: pveigpu assign ${second.guest.vmid}; or take its onboot away.`,
          },
        }),
      ),
    ),
};

/** PVE starts a stopped VM for its backup (qemu-server VZDump/QemuServer.pm), which then wants the device that another one has. */
export const backupCollision: FindingRule = {
  id: 'guest.backup-collision',
  severity: 'advice',
  title: 'Guests that take turns with one slice collide in backups',
  reference: 'https://pve.proxmox.com/pve-docs/chapter-vzdump.html#_backup_modes',
  follows: ['guest.slice-shared', 'guest.passes-whole-gpu'],
  examine: (ground) =>
    withKnown(ground, ['pci', 'guests'], () => {
      const both = new Set(pairs(atBoot(ground)).map(({ first, second }) => `${first.guest.vmid} ${second.guest.vmid}`));
      return pairs(entriesOf(ground))
        .filter(({ first, second }) => !both.has(`${first.guest.vmid} ${second.guest.vmid}`))
        .map(
          ({ bdf, first, second }): Outcome => ({
            state: 'problem',
            subject: guestName(second.guest),
            because: `${guestName(first.guest)} and ${guestName(second.guest)} take turns with ${bdf}: the backup of the one that is stopped starts it for that time, and fails while the other has the device.`,
            evidence: [entryEvidence(first.guest, first.key), entryEvidence(second.guest, second.key)],
            remedy: { text: 'Back them up at times when neither runs, or give them VFs of the pool, which has one for each.' },
          }),
        );
    }),
};

interface Pair {
  readonly bdf: string;
  readonly first: Assignment;
  readonly second: Assignment;
}

/** Two guests that name one device by its address, each two once. */
function pairs(entries: readonly Assignment[]): readonly Pair[] {
  const pinned = entries.filter(({ form }) => form === 'raw' || form === 'pf' || form === 'args');
  const said = new Set<string>();
  return [...new Set(pinned.flatMap((one) => one.devices))].flatMap((bdf): readonly Pair[] => {
    const users = pinned.filter((one) => one.devices.includes(bdf));
    const [first] = users;
    const second = users.find(({ guest }) => guest.vmid !== first?.guest.vmid);
    const key = `${first?.guest.vmid} ${second?.guest.vmid}`;
    if (first === undefined || second === undefined || said.has(key)) return [];
    said.add(key);
    return [{ bdf, first, second }];
  });
}

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

function atBoot(ground: DoctorCase): readonly Assignment[] {
  return entriesOf(ground).filter(({ guest }) => isOn(nextConfig(guest).onboot));
}

/** What the VMs of this node have of Intel GPUs at their next start. */
function entriesOf(ground: DoctorCase): readonly Assignment[] {
  return gpuGuests(ground).flatMap(({ entries }) => entries);
}
