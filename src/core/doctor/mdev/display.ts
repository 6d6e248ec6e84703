// SPDX-License-Identifier: AGPL-3.0-or-later
import { allAssignments } from '../../assign/assignments.ts';
import { guestName, isOn, nextConfig } from '../../assign/guest-keys.ts';
import type { Guest } from '../../facts/guest-facts.ts';
import { ifKnown } from '../../facts/section.ts';
import { graphicsArgs, vgaType } from '../../guest/guest-view.ts';
import { hostpciValue, parseHostpci } from '../../guest/hostpci.ts';
import { EMPTY_LEDGER } from '../../plan/ledger.ts';
import { visible } from '../../text/visible.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { entryEvidence } from '../gpu-wish.ts';
import { withKnown } from '../known-sections.ts';

const WIKI = 'https://wiki.nixos.org/wiki/IGVT-g';

/** A picture of a mediated device with OVMF: the firmware has no driver for it, so nothing shows before the system's own. */
export const ovmfWithoutPicture: FindingRule = displayRule(
  {
    id: 'mdev.ovmf-without-picture',
    severity: 'advice',
    title: 'With OVMF the picture of a mediated device comes late',
    reference: WIKI,
  },
  (guest, key, value) => {
    const parsed = parseHostpci(value);
    const hasRom = parsed.ok && hostpciValue(parsed.value, 'romfile') !== undefined;
    if (nextConfig(guest).bios !== 'ovmf' || hasRom || !isSet(guest, key, 'display')) return [];
    const name = guestName(guest);
    return [
      {
        state: 'problem',
        subject: name,
        because: `${name} starts with OVMF, which has no driver for a mediated device, so there is no picture until the guest's own driver runs.`,
        evidence: [entryEvidence(guest, key), { source: name, value: 'bios: ovmf' }],
        remedy: {
          text: 'Give the entry a ROM with a UEFI driver for GVT-g (romfile=vbios_gvt_uefi.rom in /usr/share/kvm), or use SeaBIOS for a new guest.',
        },
      },
    ];
  },
);

/** QEMU shows a mediated device only in a display with OpenGL ("vfio-display-dmabuf: opengl not available", hw/vfio/display.c). */
export const displayWithoutOpengl: FindingRule = displayRule(
  {
    id: 'mdev.display-without-opengl',
    severity: 'error',
    title: 'The picture of a mediated device needs a display with OpenGL',
    reference: 'https://www.kraxel.org/blog/2019/02/ramfb-display-in-qemu/',
  },
  (guest, key) => {
    const args = nextConfig(guest).args ?? '';
    const hasDisplay = vgaType(guest, 'next') === 'virtio-gl' || /(?:^|\s)-display\s/.test(args);
    if (!isSet(guest, key, 'display') || hasDisplay) return [];
    const name = guestName(guest);
    return [
      {
        state: 'problem',
        subject: name,
        because: `args of ${name} asks for a picture of ${key}, and the guest has no display with OpenGL, so QEMU does not start.`,
        evidence: [{ source: name, value: visible(`args: ${args}`, 160) }],
        remedy: {
          text: 'Let pveigpu write the display.',
          fix: { kind: 'assign', vmid: guest.vmid, options: ['--display', 'ramfb'] },
        },
      },
    ];
  },
);

/** The display draws with the host's GPU, and the host has no render node. */
export const displayWithoutNode: FindingRule = displayRule(
  {
    id: 'mdev.display-without-node',
    severity: 'error',
    title: 'A display with OpenGL finds no render node on the host',
    reference: WIKI,
    follows: ['mdev.gpu-on-vfio', 'mdev.no-i915'],
  },
  (guest, key, _value, { facts }) => {
    const drm = ifKnown(facts.drm);
    if (drm === undefined || !isSet(guest, key, 'display') || drm.nodes.some(({ name }) => name.startsWith('render'))) return [];
    const name = guestName(guest);
    return [
      {
        state: 'problem',
        subject: name,
        because: `${name} has a display with OpenGL, and the host has no render node to draw with.`,
        evidence: [{ source: '/sys/class/drm', value: 'no renderD*' }, entryEvidence(guest, key)],
        remedy: { text: 'Let i915 drive the GPU of the host, or take the display out: pveigpu assign VMID --display off.' },
      },
    ];
  },
);

type Look = (guest: Guest, key: string, value: string, ground: Parameters<FindingRule['examine']>[0]) => readonly Outcome[];

function displayRule(rule: Omit<FindingRule, 'examine'>, look: Look): FindingRule {
  return {
    ...rule,
    examine: (ground) =>
      withKnown(ground, ['pci', 'guests'], () =>
        allAssignments(ground.facts, EMPTY_LEDGER)
          .filter(({ form, state }) => form === 'mdev' && state !== 'leaving')
          .flatMap(({ guest, key, value }) => look(guest, key, value, ground)),
      ),
  };
}

/** Whether the guest's `args` switch a property of the entry on. */
function isSet(guest: Guest, key: string, property: string): boolean {
  return graphicsArgs(guest, 'next').some(
    (item) => item.kind === 'set' && item.device === key && item.property === property && isOn(item.value),
  );
}
