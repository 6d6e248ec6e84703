// SPDX-License-Identifier: AGPL-3.0-or-later
import { ownGuests } from '../assign/assignments.ts';
import { guestName } from '../assign/guest-keys.ts';
import type { DrmFacts } from '../facts/drm-facts.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciFacts } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import { EMPTY_LEDGER, type Ledger } from '../plan/ledger.ts';
import { intelGpus } from '../vf/vf.ts';
import { type DevKey, devKeys, isStale } from './dev-keys.ts';
import { staleText } from './share-remarks.ts';

/** An entry of a container that does not name what it should. */
export interface StaleNode {
  readonly vmid: number;
  readonly key: string;
  /** What is wrong, and what Proxmox VE does about it. */
  readonly text: string;
  /** One command, or what to decide. */
  readonly remedy: string;
}

/**
 * The entries of this node's containers whose node vanished, or is a VF's or another GPU's now. PVE stops such a start before any hook
 * runs (pve-container LXC.pm, update_lxc_config), so that this is the place where it can be explained. None where it is not known.
 */
export function staleNodes(facts: HostFacts, ledger: Ledger = EMPTY_LEDGER): readonly StaleNode[] {
  const drm = ifKnown(facts.drm);
  const pci = ifKnown(facts.pci);
  if (drm === undefined || pci === undefined) return [];
  return ownGuests(facts).flatMap((guest) => {
    // Most guests of a large node have nothing of the kind.
    if (guest.kind !== 'lxc' || !guest.sections.some(({ keys }) => Object.keys(keys).some((key) => key.startsWith('dev'))))
      return [];
    return devKeys(guest, drm, pci, ledger)
      .filter(isStale)
      .map((one) => staleNode(guest, one, drm, pci));
  });
}

function staleNode(guest: Guest, one: DevKey, drm: DrmFacts, pci: PciFacts): StaleNode {
  const { vmid } = guest;
  const name = guestName(guest);
  const why = `${one.key} of ${name}: ${staleText(one)}`;
  if (one.state.kind !== 'vanished') return { vmid, key: one.key, text: `${why}.`, remedy: `pveigpu assign ${vmid}` };
  const isUp = guest.running.state === 'known' && guest.running.value;
  const effect = isUp
    ? `${name} runs on, but Proxmox VE will not start it again`
    : `Proxmox VE does not start ${name}, and asks no hookscript before`;
  const hasNode = (bdf: string) => drm.nodes.some((node) => node.pci === bdf && node.name.startsWith('render'));
  const gpus = intelGpus(pci);
  const given = gpus.find(({ driver }) => driver === 'vfio-pci');
  if (given === undefined || gpus.some(({ bdf }) => hasNode(bdf)))
    return { vmid, key: one.key, text: `${why}. ${effect}.`, remedy: `pveigpu assign ${vmid}` };
  return {
    vmid,
    key: one.key,
    text: `${why}, since ${given.bdf} is bound to vfio-pci for a VM. ${effect}.`,
    remedy: `Give the GPU back to the host (pveigpu apply host or sriov), or take the entry out: pveigpu unassign ${vmid}`,
  };
}
