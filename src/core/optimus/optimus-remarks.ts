// SPDX-License-Identifier: AGPL-3.0-or-later
import { guestName, isOn, nextConfig } from '../assign/guest-keys.ts';
import type { Guest } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Remark } from '../plan/action.ts';
import { groupMates } from '../whole-gpu/group-mates.ts';
import { entryOf } from './card-entry.ts';
import { type OptimusNeed, optimusAnswers } from './optimus-rows.ts';

/** One line for each way to use the card in a guest. */
export function wayRemarks(has: ReadonlySet<OptimusNeed>): readonly Remark[] {
  return optimusAnswers(has).map(({ id, what, verdict, because }) => {
    return { level: 'note', id: `optimus.${id}`, text: `${capital(what)}: ${verdict} (${because}).` };
  });
}

/** What of the host stands between the card and a guest. */
export function hostRemarks(facts: HostFacts, pci: PciFacts, card: PciDevice, guest: Guest): readonly Remark[] {
  return [...boundRemarks(card), ...mateRemarks(pci, card), ...otherGuests(facts, card, guest)];
}

function boundRemarks({ bdf, driver, powerState, vendor, device }: PciDevice): readonly Remark[] {
  const remarks: Remark[] = [];
  if (driver !== null && driver !== 'vfio-pci') {
    const text = `${bdf} belongs to ${driver} of the host, and PVE takes it away when the guest starts; a card that is in use then can hang.`;
    const hint = `Set it aside from boot on: "options vfio-pci ids=${vendor}:${device}" and "softdep ${driver} pre: vfio-pci" in /etc/modprobe.d, then update-initramfs -u.`;
    remarks.push({ level: 'warning', id: 'optimus.bound', text, hint });
  }
  if (powerState === 'D3cold') {
    const text = `${bdf} is without power (D3cold), from which not every card comes back for a guest.`;
    const hint = `echo on > /sys/bus/pci/devices/${bdf}/power/control keeps it awake.`;
    remarks.push({ level: 'warning', id: 'optimus.asleep', text, hint });
  }
  return remarks;
}

/** The card's own other functions, its sound above all, go along without being passed on. */
function mateRemarks(pci: PciFacts, card: PciDevice): readonly Remark[] {
  if (card.iommuGroup === null) {
    const text = `${card.bdf} is in no IOMMU group, so PVE does not pass it through.`;
    return [{ level: 'blocker', id: 'optimus.no-iommu', text, hint: 'Switch VT-d on in the firmware.', code: 'gpu.cannot' }];
  }
  const slot = card.bdf.replace(/\.\d$/, '.');
  const mates = groupMates(pci, card);
  const strangers = mates.filter((bdf) => !bdf.startsWith(slot));
  if (strangers.length > 0) {
    const text = `${card.bdf} shares IOMMU group ${card.iommuGroup} with ${strangers.join(', ')}; PVE takes them from the host too.`;
    return [{ level: 'blocker', id: 'pf.group-shared', text, overridable: true, code: 'gpu.cannot' }];
  }
  if (mates.length === 0) return [];
  const text = `${mates.join(', ')} of the same card goes to vfio-pci with it and is not passed on, as its sound can keep a driver from starting (Code 43).`;
  return [{ level: 'note', id: 'optimus.functions', text }];
}

function otherGuests(facts: HostFacts, card: PciDevice, guest: Guest): readonly Remark[] {
  return (ifKnown(facts.guests)?.guests ?? []).flatMap((other): Remark[] => {
    if (other.vmid === guest.vmid || other.node !== guest.node || entryOf(facts, other, card) === undefined) return [];
    const runs = other.running.state !== 'known' || other.running.value;
    const both = isOn(nextConfig(guest).onboot) && isOn(nextConfig(other).onboot);
    const why = runs ? ' and runs' : both ? ', and both start at boot' : '; they cannot run together';
    const text = `${guestName(other)} has ${card.bdf} too${why}.`;
    const blocks = runs || both ? ({ level: 'blocker', overridable: true, code: 'guest.slice-taken' } as const) : undefined;
    return [{ level: 'warning', id: 'slice.shared', text, ...blocks }];
  });
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
