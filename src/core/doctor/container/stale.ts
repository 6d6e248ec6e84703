// SPDX-License-Identifier: AGPL-3.0-or-later
import { ownGuests } from '../../assign/assignments.ts';
import { guestName } from '../../assign/guest-keys.ts';
import { type DevKey, devKeys, isStale } from '../../container/dev-keys.ts';
import { staleNodes } from '../../container/stale-nodes.ts';
import type { DrmFacts } from '../../facts/drm-facts.ts';
import type { PciFacts } from '../../facts/pci-facts.ts';
import type { Evidence } from '../../gpu/verdict.ts';
import { intelGpus } from '../../vf/vf.ts';
import type { FindingRule, Outcome, Severity } from '../finding.ts';
import { entryEvidence } from '../gpu-wish.ts';
import { ledgerOf, withKnown } from '../known-sections.ts';

const PVE_LXC = 'https://git.proxmox.com/?p=pve-container.git;a=blob;f=src/PVE/LXC.pm';

/** The GPU is in a VM, and containers still name its nodes: PVE does not start them, and asks no hookscript before. */
export const givenAway: FindingRule = staleRule(
  'container.gpu-given-away',
  'error',
  'A container names a node of a GPU that belongs to a VM',
  PVE_LXC,
  (one, drm, pci) => one.state.kind === 'vanished' && isGivenAway(drm, pci),
  ['guest.passes-whole-gpu'],
);

/** The numbers of the nodes changed, as after a kernel update, another card or VFs. */
export const nodeGone: FindingRule = staleRule(
  'container.node-gone',
  'error',
  'A container names a node of /dev/dri that is not there',
  'https://github.com/community-scripts/ProxmoxVE/issues/6523',
  (one, drm, pci) => one.state.kind === 'vanished' && !isGivenAway(drm, pci),
  ['firmware.gpu-hidden'],
);

/** The node of a VF on the host: it is for VMs, and goes when one of them starts. */
export const vfNode: FindingRule = staleRule(
  'container.vf-node',
  'warning',
  'A container has the node of a VF instead of that of the GPU',
  'https://github.com/strongtz/i915-sriov-dkms/issues/223',
  ({ state }) => state.kind === 'vf',
  ['vf.host-driver'],
);

/** Our entry names a node that is another maker's card now. */
export const otherGpu: FindingRule = staleRule(
  'container.other-gpu',
  'warning',
  'The number of a node belongs to another GPU now',
  'https://github.com/community-scripts/ProxmoxVE/issues/6523',
  ({ state }) => state.kind === 'other' || state.kind === 'gpu',
);

function staleRule(
  id: FindingRule['id'],
  severity: Severity,
  title: string,
  reference: string,
  isMeant: (one: DevKey, drm: DrmFacts, pci: PciFacts) => boolean,
  follows: FindingRule['follows'] = [],
): FindingRule {
  return {
    id,
    severity,
    title,
    reference,
    follows,
    examine: (ground) =>
      withKnown(ground, ['pci', 'drm', 'guests'], ({ pci, drm }) => {
        const known = staleNodes(ground.facts, ledgerOf(ground));
        return ownGuests(ground.facts).flatMap((guest) =>
          guest.kind !== 'lxc'
            ? []
            : devKeys(guest, drm, pci, ledgerOf(ground))
                .filter((one) => isStale(one) && isMeant(one, drm, pci))
                .map((one): Outcome => {
                  const stale = known.find(({ vmid, key }) => vmid === guest.vmid && key === one.key);
                  const away = id === 'container.gpu-given-away';
                  return {
                    state: 'problem',
                    subject: guestName(guest),
                    because: stale?.text ?? `${one.key} of ${guestName(guest)} names ${one.entry.path}.`,
                    evidence: [entryEvidence(guest, one.key), nodesOf(drm)],
                    remedy: away
                      ? {
                          text: 'Give the GPU back to the host, or take the entry out of the container.',
                          fix: { kind: 'unassign', vmid: guest.vmid },
                        }
                      : { text: 'Put the right node in.', fix: { kind: 'assign', vmid: guest.vmid } },
                  };
                }),
        );
      }),
  };
}

function isGivenAway(drm: DrmFacts, pci: PciFacts): boolean {
  const gpus = intelGpus(pci);
  const hasNode = gpus.some(({ bdf }) => drm.nodes.some((node) => node.pci === bdf && node.name.startsWith('render')));
  return !hasNode && gpus.some(({ driver }) => driver === 'vfio-pci');
}

function nodesOf({ nodes }: DrmFacts): Evidence {
  const list = nodes.map(({ name, pci }) => `${name} (${pci})`).join(', ');
  return { source: '/sys/class/drm', value: list === '' ? 'no nodes' : list };
}
