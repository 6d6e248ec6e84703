// SPDX-License-Identifier: AGPL-3.0-or-later
import { guestName } from '../../assign/guest-keys.ts';
import { machineFamily, valueAt } from '../../guest/guest-view.ts';
import { hostpciFlag, hostpciValue, parseHostpci } from '../../guest/hostpci.ts';
import { hostpciNames, isWholeSlot } from '../../guest/hostpci-targets.ts';
import { desiredOf } from '../../plan/desired.ts';
import { visible } from '../../text/visible.ts';
import { intelGpus, vfsOf } from '../../vf/vf.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { wantedVfs } from '../vf/wanted-vfs.ts';
import { gpuGuestRule, guestTrouble, hostpciRule } from './gpu-guests.ts';

/** A guest passes the GPU whose VFs others use: when it starts, all VFs vanish under them. */
export const passesWholeGpu: FindingRule = gpuGuestRule(
  {
    id: 'guest.passes-whole-gpu',
    severity: 'error',
    title: 'A guest passes the GPU whose VFs are wanted',
    reference: 'https://github.com/MacRimi/ProxMenux/issues/179',
  },
  ({ guest, entries }, ground, pci) =>
    entries.flatMap(({ form, key, value, devices }): readonly Outcome[] => {
      if (form !== 'pf') return [];
      const pf = intelGpus(pci).find(({ bdf }) => devices.includes(bdf));
      if (pf === undefined) return [];
      const asked = ground.desired.state === 'known' ? desiredOf(ground.desired.value, pf) : undefined;
      const wanted = wantedVfs(ground, pci).find((one) => one.pf.bdf === pf.bdf);
      if (asked?.mode === 'gvt-d' || (wanted === undefined && vfsOf(pci, pf).length === 0)) return [];
      const parsed = parseHostpci(value);
      const names = parsed.ok ? hostpciNames(parsed.value) : undefined;
      const isSlot = names?.kind === 'host' && names.addresses.some(isWholeSlot);
      const how = isSlot ? ', since an address without function stands for all of them (All Functions in the web interface)' : '';
      return [
        guestTrouble(guest, key, {
          because: `${guestName(guest)} passes ${pf.bdf} itself with ${key}${how}; when it starts, every VF vanishes under its guest.`,
          remedy: { text: 'Give it a VF instead.', fix: { kind: 'unassign', vmid: guest.vmid } },
        }),
      ];
    }),
);

/** What PVE asks of a guest with `legacy-igd=1` (qemu-server PCI.pm, parse_hostpci_devices). */
export const legacyIgd: FindingRule = hostpciRule(
  {
    id: 'guest.legacy-igd',
    severity: 'error',
    title: 'A guest does not fit the legacy way to pass an Intel GPU',
    reference: 'https://gitlab.com/qemu-project/qemu/-/blob/master/docs/igd-assign.txt',
  },
  (guest, { key, parsed }) => {
    if (!parsed.ok || !hostpciFlag(parsed.value, 'legacy-igd')) return [];
    const names = hostpciNames(parsed.value);
    const vga = valueAt(guest, 'vga', 'next');
    const places = names.kind === 'host' ? names.addresses : [];
    const lacks = [
      ...(machineFamily(guest, 'next') === 'i440fx' ? [] : ['the machine i440fx (qm set --machine pc)']),
      ...(vga === 'none' ? [] : ['vga to be exactly "none"']),
      ...(hostpciFlag(parsed.value, 'rombar') ? [] : ['the ROM BAR (no rombar=0)']),
      ...(hostpciFlag(parsed.value, 'x-vga') ? ['no x-vga'] : []),
      ...(hostpciValue(parsed.value, 'mdev') === undefined ? [] : ['no mdev']),
      ...(places.length === 0 || (places.length === 1 && /02\.0$/.test(places[0] ?? '')) ? [] : ['the one device 00:02.0']),
    ];
    if (lacks.length === 0) return [];
    return [
      guestTrouble(guest, key, {
        because: `${guestName(guest)} has legacy-igd=1 and does not start: that needs ${lacks.join(', ')}.`,
        remedy: { text: `Change the guest so, or let pveigpu write the entry: pveigpu assign ${guest.vmid} --mode gvt-d.` },
        evidence: [
          { source: guestName(guest), value: visible(`${key}: ${valueAt(guest, key, 'next')}`, 160) },
          {
            source: guestName(guest),
            value: visible(`machine: ${valueAt(guest, 'machine', 'next') ?? 'pc'}; vga: ${vga ?? 'std'}`, 120),
          },
        ],
      }),
    ];
  },
);
