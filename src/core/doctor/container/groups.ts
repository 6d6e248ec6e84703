// SPDX-License-Identifier: AGPL-3.0-or-later
import { ownGuests } from '../../assign/assignments.ts';
import { guestName, nextConfig } from '../../assign/guest-keys.ts';
import { type DevKey, devKeys } from '../../container/dev-keys.ts';
import { isMappedGid } from '../../container/id-map.ts';
import { usualGroups } from '../../container/usual-groups.ts';
import type { Guest } from '../../facts/guest-facts.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { entryEvidence } from '../gpu-wish.ts';
import { ledgerOf, withKnown } from '../known-sections.ts';

/** The entry gives the node to a group that the container's id map leaves out: inside it belongs to nobody. */
export const gidUnmapped: FindingRule = groupRule(
  {
    id: 'container.gid-unmapped',
    severity: 'error',
    title: 'The group of a node does not exist in the container',
    reference: 'https://github.com/ddimick/proxmox-lxc-idmapper/issues/7',
  },
  (guest, { key, entry }) =>
    isMappedGid(guest, entry.gid)
      ? undefined
      : `${key} of ${guestName(guest)} gives ${entry.path} to the group ${entry.gid}, which its id map (lxc.idmap) leaves out, so it belongs to nobody inside.`,
);

/** The number of the group inside cannot be looked up here, but some numbers are never that of `render` or `video`. */
export const group: FindingRule = groupRule(
  {
    id: 'container.group',
    severity: 'advice',
    title: 'The node of a container is for a group that is hardly the right one',
    reference: 'https://github.com/community-scripts/ProxmoxVE/issues/7886',
    follows: ['container.gid-unmapped'],
  },
  (guest, { key, entry }) => {
    const usual = usualGroups(nextConfig(guest).ostype);
    // Everybody inside may use it.
    if ((entry.mode & 0o006) === 0o006 || !isMappedGid(guest, entry.gid)) return undefined;
    if (entry.gid !== 0 && (usual.length === 0 || usual.some(({ gid }) => gid === entry.gid))) return undefined;
    const whom =
      entry.gid === 0 ? 'to root alone' : `to the group ${entry.gid}, which is not usual for ${nextConfig(guest).ostype}`;
    return `${key} of ${guestName(guest)} gives ${entry.path} ${whom}, so services in it such as Jellyfin or Plex may not be able to open it.`;
  },
);

function groupRule(rule: Omit<FindingRule, 'examine'>, why: (guest: Guest, one: DevKey) => string | undefined): FindingRule {
  return {
    ...rule,
    examine: (ground) =>
      withKnown(ground, ['pci', 'drm', 'guests'], ({ pci, drm }) =>
        ownGuests(ground.facts).flatMap((guest) =>
          guest.kind !== 'lxc'
            ? []
            : devKeys(guest, drm, pci, ledgerOf(ground)).flatMap((one): readonly Outcome[] => {
                const because = one.state.kind === 'gpu' ? why(guest, one) : undefined;
                if (because === undefined) return [];
                return [
                  {
                    state: 'problem',
                    subject: guestName(guest),
                    because,
                    evidence: [entryEvidence(guest, one.key)],
                    remedy: {
                      text: 'Assign the node again while the container runs: its group inside is looked up then.',
                      fix: { kind: 'assign', vmid: guest.vmid },
                    },
                  },
                ];
              }),
        ),
      ),
  };
}
