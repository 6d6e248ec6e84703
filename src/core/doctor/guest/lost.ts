// SPDX-License-Identifier: AGPL-3.0-or-later
import { ownGuests } from '../../assign/assignments.ts';
import { guestName } from '../../assign/guest-keys.ts';
import type { Guest } from '../../facts/guest-facts.ts';
import { nextValue } from '../../guest/guest-view.ts';
import { hostpciFlag, hostpciValue, parseHostpci } from '../../guest/hostpci.ts';
import type { LedgerKey } from '../../plan/ledger.ts';
import { visible } from '../../text/visible.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { withKnown } from '../known-sections.ts';
import { guestTrouble } from './gpu-guests.ts';

const LEDGER = '/var/lib/pveigpu/ledger.json';
const DIALOG = 'https://git.proxmox.com/?p=pve-manager.git;a=blob;f=www/manager6/qemu/PCIEdit.js';

/** A key that we set is gone from the guest: somebody removed it, or went back to a snapshot or backup. */
export const sliceLost: FindingRule = ledgerRule(
  {
    id: 'guest.slice-lost',
    severity: 'warning',
    title: 'What was assigned to a guest is no longer in its configuration',
    reference: 'https://pve.proxmox.com/pve-docs/qm.conf.5.html',
  },
  (guest, key, { value }) => {
    if (value === null || !/^(?:hostpci\d+|args|hookscript|dev\d+)$/.test(key)) return [];
    const now = nextValue(guest, key);
    if (now !== undefined) return [];
    return [
      guestTrouble(guest, key, {
        because: `pveigpu set ${key} of ${guestName(guest)}, and it is gone: the guest starts without its part of the GPU.`,
        evidence: [
          { source: LEDGER, value: visible(`${key}: ${value}`, 160) },
          { source: guestName(guest), value: `no ${key}` },
        ],
        remedy: {
          text: `Assign it again, or forget it: pveigpu unassign ${guest.vmid}.`,
          fix: { kind: 'assign', vmid: guest.vmid },
        },
      }),
    ];
  },
);

/** PVE's dialog for a PCI device writes the line anew from its own fields and so drops what it has no field for. */
export const optionsLost: FindingRule = ledgerRule(
  {
    id: 'guest.options-lost',
    severity: 'error',
    title: 'An edit in the web interface dropped options of a hostpci entry',
    reference: DIALOG,
  },
  (guest, key, { value }) => {
    const now = /^hostpci\d+$/.test(key) ? nextValue(guest, key) : undefined;
    const [given, present] = [value, now].map((text) => parseHostpci(text ?? ''));
    if (now === undefined || value === null || given?.ok !== true || present?.ok !== true) return [];
    const lost = [
      ...(hostpciFlag(given.value, 'legacy-igd') && !hostpciFlag(present.value, 'legacy-igd') ? ['legacy-igd=1'] : []),
      ...(hostpciValue(given.value, 'driver') === 'keep' && hostpciValue(present.value, 'driver') !== 'keep'
        ? ['driver=keep']
        : []),
    ];
    if (lost.length === 0) return [];
    return [
      guestTrouble(guest, key, {
        because: `${key} of ${guestName(guest)} lost ${lost.join(' and ')}: the dialog of the web interface has no field for it and drops it at each edit.`,
        evidence: [
          { source: LEDGER, value: visible(`${key}: ${value}`, 160) },
          { source: guestName(guest), value: visible(`${key}: ${now}`, 160) },
        ],
        remedy: {
          text: 'Assign it again, and change such an entry with qm set afterwards.',
          fix: { kind: 'assign', vmid: guest.vmid },
        },
      }),
    ];
  },
);

function ledgerRule(
  rule: Omit<FindingRule, 'examine'>,
  look: (guest: Guest, key: string, noted: LedgerKey) => readonly Outcome[],
): FindingRule {
  return {
    ...rule,
    examine: (ground) =>
      withKnown(ground, ['guests'], () => {
        const { ledger } = ground;
        if (ledger.state === 'unknown')
          return [{ state: 'unmeasured', because: `What was assigned is not known: ${ledger.reason}.` }];
        const noted = ledger.state === 'known' ? ledger.value.guests : {};
        return ownGuests(ground.facts).flatMap((guest) => {
          const keys = Object.hasOwn(noted, String(guest.vmid)) ? (noted[String(guest.vmid)]?.keys ?? {}) : {};
          return Object.entries(keys).flatMap(([key, one]) => look(guest, key, one));
        });
      }),
  };
}
