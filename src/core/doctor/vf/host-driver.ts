// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { attribute } from '../../gpu/gpu-case.ts';
import { type Vf, vfName } from '../../vf/vf.ts';
import { vfHolders } from '../../vf/vf-holders.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { withKnown } from '../known-sections.ts';
import { type WantedVfs, wantedVfs } from './wanted-vfs.ts';

/** VFs that guests shall have belong to the host's own graphics driver: they show as render nodes and pull at the host. */
export const hostDriver: FindingRule = {
  id: 'vf.host-driver',
  severity: 'warning',
  title: "VFs belong to the host's own graphics driver",
  reference: 'https://github.com/strongtz/i915-sriov-dkms/blob/master/docs/block-vfs.md',
  examine: (ground) =>
    withKnown(ground, ['pci', 'guests'], ({ pci }) =>
      wantedVfs(ground, pci).flatMap((wanted): readonly Outcome[] => {
        const bound = onHost(wanted);
        const [first] = bound;
        if (first === undefined) return [];
        const nodes = (ifKnown(ground.facts.drm)?.nodes ?? []).filter(({ pci: bdf }) => bound.some((vf) => vf.bdf === bdf));
        const shown = nodes.length === 0 ? '' : `, and programs of the host see them as ${nodes[0]?.path} and so on`;
        const count = bound.length === 1 ? vfName(first) : `${bound.length} VFs of ${wanted.pf.bdf}`;
        return [
          {
            state: 'problem',
            subject: wanted.pf.bdf,
            because: `${count} ${bound.length === 1 ? 'belongs' : 'belong'} to ${first.device?.driver} on the host${shown}; PVE takes them from it by an id that the GPU itself has too.`,
            evidence: [attribute(first, 'driver', first.device?.driver ?? ''), wanted.sign],
            remedy: { text: 'Bind the VFs for guests.', fix: { kind: 'vf-create', gpu: wanted.pf.bdf } },
          },
        ];
      }),
    ),
};

/** A program of the host has a VF open that a guest shall have: a start would pull it away from under it. */
export const openOnHost: FindingRule = {
  id: 'vf.open-on-host',
  severity: 'error',
  title: 'A program of the host uses a VF that a guest wants',
  reference: 'https://github.com/strongtz/i915-sriov-dkms/issues/279',
  follows: ['vf.host-driver'],
  examine: (ground) =>
    withKnown(ground, ['pci', 'guests', 'holders'], ({ pci }) =>
      wantedVfs(ground, pci).flatMap((wanted) =>
        onHost(wanted).flatMap((vf): readonly Outcome[] => {
          const [holder] = vfHolders(ground.facts, vf).filter(({ vmid }) => vmid === undefined);
          if (holder === undefined) return [];
          return [
            {
              state: 'problem',
              subject: vf.bdf,
              because: `${vfName(vf)} is open by ${holder.name}, and a guest that gets it pulls it away.`,
              evidence: [
                attribute(vf, 'driver', vf.device?.driver ?? ''),
                { source: '/proc', value: `${holder.name} has it open` },
              ],
              remedy: { text: "Let that program use the GPU's own node (renderD128); then bind the VFs with pveigpu vf create." },
            },
          ];
        }),
      ),
    ),
};

function onHost({ vfs }: WantedVfs): readonly Vf[] {
  return vfs.filter(({ device }) => device?.driver === 'i915' || device?.driver === 'xe');
}
