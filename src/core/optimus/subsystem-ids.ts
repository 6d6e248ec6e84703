// SPDX-License-Identifier: AGPL-3.0-or-later
import { guestName } from '../assign/guest-keys.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import type { Remark } from '../plan/action.ts';
import { intelGpus } from '../vf/vf.ts';
import type { OptimusWish, SubsystemIds } from './optimus-wish.ts';

/** The ids that a guest shall see, where any are known, and what to say about them. */
export interface SubsystemChoice {
  readonly ids?: SubsystemIds;
  readonly remarks: readonly Remark[];
}

/**
 * The driver of NVIDIA takes a card of a laptop by the ids of the laptop's maker. Many cards forget them with their power, and show zeros;
 * the Intel GPU of the same board has the maker's as a rule.
 */
export function subsystemIds(pci: PciFacts, card: PciDevice, guest: Guest, { subsystem }: OptimusWish): SubsystemChoice {
  if (subsystem !== undefined) return { ids: subsystem, remarks: [] };
  const own = idsOf(card);
  if (own !== undefined) return { ids: own, remarks: [] };
  const hint = 'Give them with --subsystem VVVV:DDDD; Windows on the laptop itself shows them as SUBSYS_DDDDVVVV.';
  for (const gpu of intelGpus(pci)) {
    const ids = idsOf(gpu);
    if (ids === undefined) continue;
    const text = `${card.bdf} shows no subsystem ids; ${guestName(guest)} gets those of ${gpu.bdf}, ${ids.vendor}:${ids.device}, of the same board.`;
    return { ids, remarks: [{ level: 'warning', id: 'optimus.subsystem-guessed', text, hint }] };
  }
  const text = `${card.bdf} shows no subsystem ids, by which drivers for laptops know it.`;
  return { remarks: [{ level: 'warning', id: 'optimus.no-subsystem', text, hint }] };
}

function idsOf({ subsystemVendor, subsystemDevice }: PciDevice): SubsystemIds | undefined {
  if (subsystemVendor === undefined || subsystemDevice === undefined || /^(?:0000|ffff)$/.test(subsystemVendor)) return undefined;
  return { vendor: subsystemVendor, device: subsystemDevice };
}
