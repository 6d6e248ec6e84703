// SPDX-License-Identifier: AGPL-3.0-or-later
import { ownGuests } from '../../assign/assignments.ts';
import { guestName } from '../../assign/guest-keys.ts';
import { ifKnown } from '../../facts/section.ts';
import { logEvidence } from '../../gpu/gpu-case.ts';
import { hostpciEntries } from '../../guest/guest-view.ts';
import { hostpciFlag, hostpciValue } from '../../guest/hostpci.ts';
import { hostpciTargets } from '../../guest/hostpci-targets.ts';
import { visible } from '../../text/visible.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { gpuWishes } from '../gpu-wish.ts';

/** The device itself gives no ROM (kernel drivers/pci/rom.c), and the guest that gets it names no file. */
export const ROM_NOT_ON_DEVICE: FindingRule = {
  id: 'rom.not-on-device',
  severity: 'warning',
  title: 'The GPU gives no ROM of its own, and the guest has no file',
  reference: 'https://pve.proxmox.com/wiki/PCI_Passthrough#%22romfile%22',
  follows: ['kernel.frame-buffer-holds-bar'],
  examine: (ground) =>
    gpuWishes(ground).flatMap((wish): readonly Outcome[] => {
      const { mode, device, facts } = wish;
      const said = mode === 'gvt-d' ? logEvidence(wish, /Invalid PCI ROM header signature/) : undefined;
      if (said === undefined) return [];
      const pools = ifKnown(facts.pools)?.pools ?? [];
      return ownGuests(facts).flatMap((guest) =>
        hostpciEntries(guest, 'next').flatMap(({ key, text, parsed }): readonly Outcome[] => {
          if (!parsed.ok || hostpciValue(parsed.value, 'romfile') !== undefined || !hostpciFlag(parsed.value, 'rombar'))
            return [];
          if (!hostpciTargets(parsed.value, [device.bdf], pools, guest.node).includes(device.bdf)) return [];
          const name = guestName(guest);
          return [
            {
              state: 'problem',
              subject: name,
              because: `What ${device.bdf} shows as its ROM is none, so ${name} has no picture before its own driver starts, or none at all.`,
              evidence: [said, { source: name, value: visible(`${key}: ${text}`, 160) }],
              remedy: { text: 'Put a ROM file for this GPU into /usr/share/kvm and name it: pveigpu assign has --rom FILE.' },
            },
          ];
        }),
      );
    }),
};
