// SPDX-License-Identifier: AGPL-3.0-or-later
import { nodeOf } from '../../assign/assignments.ts';
import { isOurPool } from '../../assign/ours.ts';
import type { Pool } from '../../facts/guest-facts.ts';
import { checkEntry } from '../../guest/pool-check.ts';
import { foreignSign } from '../../pool/pool-entry.ts';
import { poolUses } from '../../pool/pool-users.ts';
import { visible } from '../../text/visible.ts';
import { deviceAt } from '../../vf/vf.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { withKnown } from '../known-sections.ts';

/** An entry of a pool of VFs is not as the device is: PVE checks all of them at each start, and one is enough (Mapping/PCI.pm). */
export const poolStale: FindingRule = staleRule(
  'vf.pool-stale',
  'An entry of a pool of VFs is not true',
  [
    'vf.gone',
    'vf.fewer',
    'vf.removal-open',
    'firmware.gpu-hidden',
    'firmware.vtd-off',
    'boot.iommu-off-by-parameter',
    'boot.iommu-not-used',
    'boot.graphics-without-iommu',
  ],
  (pool) => !pool.mdev,
);

/** The same for a mapping of mediated devices; its flag `mdev` must fit what the GPU offers. */
export const mappingStale: FindingRule = staleRule(
  'mdev.mapping-stale',
  'A mapping for mediated devices is not true',
  [
    'mdev.not-offered',
    'firmware.gpu-hidden',
    'firmware.vtd-off',
    'boot.iommu-off-by-parameter',
    'boot.iommu-not-used',
    'boot.graphics-without-iommu',
  ],
  (pool) => pool.mdev,
);

function staleRule(
  id: FindingRule['id'],
  title: string,
  follows: NonNullable<FindingRule['follows']>,
  isMeant: (pool: Pool) => boolean,
): FindingRule {
  return {
    id,
    severity: 'error',
    title,
    reference: 'https://git.proxmox.com/?p=pve-guest-common.git;a=blob;f=src/PVE/Mapping/PCI.pm',
    follows,
    examine: (ground) =>
      withKnown(ground, ['pci', 'pools', 'guests'], ({ pci, pools, guests }) => {
        const node = nodeOf(ground.facts);
        const own = (vmid: number) => guests.guests.some((guest) => guest.vmid === vmid && guest.node === node);
        return pools.pools.filter(isMeant).flatMap((pool): readonly Outcome[] => {
          const isIntel = pool.mdev
            ? pool.entries.every(({ id: ids }) => ids.startsWith('8086:'))
            : foreignSign(pool, pci, node) === undefined;
          const users = [
            ...new Set(
              poolUses(ground.facts, pool.id).flatMap(({ guest, section, name }) =>
                own(guest.vmid) && section.snapshot !== true ? [name] : [],
              ),
            ),
          ];
          if (!isIntel || (users.length === 0 && !isOurPool(pool))) return [];
          const found = pool.entries.flatMap((entry) => {
            const wrong = entry.node === node ? checkEntry(pool, entry, (path) => deviceAt(pci, path)) : undefined;
            return wrong === undefined ? [] : [{ entry, wrong }];
          });
          const [first] = found;
          if (first === undefined) return [];
          const who = users.length === 0 ? 'no guest can start with it' : `${users.join(', ')} cannot start`;
          return [
            {
              state: 'problem',
              subject: visible(pool.id, 64),
              because: `The mapping ${visible(pool.id, 64)} says of ${visible(first.entry.path, 80)} what is not so, and ${who}: ${visible(first.wrong, 160)}.`,
              evidence: [
                {
                  source: '/etc/pve/mapping/pci.cfg',
                  value: visible(
                    `${pool.id}: path=${first.entry.path},id=${first.entry.id},iommugroup=${first.entry.iommuGroup ?? '-'}`,
                    200,
                  ),
                },
              ],
              remedy: pool.mdev
                ? { text: 'Switch GVT-g on again, or correct the mapping under Datacenter, Resource Mappings.' }
                : { text: 'Write the entries as the machine has them.', fix: { kind: 'pool-sync', pool: pool.id } },
            },
          ];
        });
      }),
  };
}
