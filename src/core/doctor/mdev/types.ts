// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Assignment, allAssignments } from '../../assign/assignments.ts';
import { guestName, isOn, nextConfig } from '../../assign/guest-keys.ts';
import type { PciDevice } from '../../facts/pci-facts.ts';
import { attribute } from '../../gpu/gpu-case.ts';
import { apertureMiB, fitTogether, roomOf } from '../../mdev/aperture.ts';
import { mdevEntries, mdevTypeOf, typeOfEntry } from '../../mdev/mdev-entries.ts';
import { isWindows } from '../../mdev/mdev-remarks.ts';
import { EMPTY_LEDGER } from '../../plan/ledger.ts';
import { visible } from '../../text/visible.ts';
import { intelGpus } from '../../vf/vf.ts';
import type { DoctorCase } from '../doctor-case.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { entryEvidence } from '../gpu-wish.ts';
import { withKnown } from '../known-sections.ts';
import { gvtgReason, gvtgWishes } from './gvtg-wishes.ts';

type Entries = (gpu: PciDevice, entries: readonly Assignment[], ground: DoctorCase) => readonly Outcome[];

/** Looks at the guests' entries for mediated devices of each GPU that offers some. */
function forEntries(rule: Omit<FindingRule, 'examine'>, look: Entries): FindingRule {
  return {
    ...rule,
    examine: (ground) =>
      withKnown(ground, ['pci', 'guests'], ({ pci }) => {
        const all = allAssignments(ground.facts, EMPTY_LEDGER);
        return intelGpus(pci).flatMap((gpu) => look(gpu, mdevEntries(all, { gpu }), ground));
      }),
  };
}

/** A guest asks for a type that this GPU does not offer: another aperture, or another machine. */
export const typeNotOffered: FindingRule = forEntries(
  {
    id: 'mdev.type-not-offered',
    severity: 'error',
    title: 'A guest wants a type of mediated device that is not offered',
    reference: 'https://wiki.archlinux.org/title/Intel_GVT-g',
    follows: ['firmware.aperture-too-small'],
  },
  (gpu, entries) => {
    const types = gpu.mdevTypes ?? [];
    if (types.length === 0) return [];
    return entries.flatMap((one): readonly Outcome[] => {
      const wanted = mdevTypeOf(one.value);
      if (wanted === undefined || typeOfEntry(one, types) !== undefined) return [];
      const name = guestName(one.guest);
      const offered = types.map(({ id }) => id).join(' ');
      return [
        {
          state: 'problem',
          subject: name,
          because: `${name} wants the type ${visible(wanted, 40)}, and ${gpu.bdf} offers ${offered}.`,
          evidence: [entryEvidence(one.guest, one.key), attribute(gpu, 'mdev_supported_types', offered)],
          remedy: {
            text: 'Give it a type that is offered. Larger types need a larger aperture in the firmware set-up.',
            fix: { kind: 'assign', vmid: one.guest.vmid },
          },
        },
      ];
    });
  },
);

/** Guests that start at boot want more than fits: which of them starts is chance. */
export const autostartCollision: FindingRule = forEntries(
  {
    id: 'mdev.autostart-collision',
    severity: 'warning',
    title: 'The mediated devices of the guests that start at boot do not fit together',
    reference: 'https://github.com/intel/gvt-linux/issues/122',
  },
  (gpu, entries) => {
    const types = gpu.mdevTypes ?? [];
    const aperture = apertureMiB(gpu);
    const atBoot = entries.filter(({ guest }) => isOn(nextConfig(guest).onboot));
    const [first] = atBoot;
    if (aperture === undefined || first === undefined) return [];
    const room = roomOf(aperture);
    if (
      fitTogether(
        room,
        atBoot.flatMap((one) => typeOfEntry(one, types) ?? []),
      ) !== false
    )
      return [];
    const names = atBoot.map(({ guest }) => guestName(guest)).join(', ');
    return [
      {
        state: 'problem',
        subject: gpu.bdf,
        because: `${names} start at boot, and their mediated devices do not fit into the ${room.lowMiB} MiB of aperture for guests: not all of them will start.`,
        evidence: [
          { source: `size of BAR 2 of ${gpu.bdf}`, value: `${aperture} MiB` },
          ...atBoot.map(({ guest, key }) => entryEvidence(guest, key)),
        ],
        remedy: {
          text: 'Give them smaller types (pveigpu assign VMID --type TYPE), or set a larger aperture in the firmware set-up.',
        },
      },
    ];
  },
);

/** GVT-g on Apollo Lake was never meant for Windows guests. */
export const windowsOnApolloLake: FindingRule = {
  id: 'mdev.windows-on-apollo-lake',
  severity: 'warning',
  title: 'A Windows guest has a mediated device of Apollo Lake',
  reference: 'https://github.com/intel/gvt-linux/issues/103',
  examine: (ground) =>
    withKnown(ground, ['pci', 'guests'], () =>
      gvtgWishes(ground).flatMap((wish): readonly Outcome[] => {
        const caveat = gvtgReason(ground, wish, 'gvtg.linux-only');
        if (caveat === undefined) return [];
        const entries = mdevEntries(allAssignments(ground.facts, EMPTY_LEDGER), { gpu: wish.device });
        return entries.flatMap(({ guest, key }): readonly Outcome[] => {
          if (!isWindows(guest)) return [];
          return [
            {
              state: 'problem',
              subject: guestName(guest),
              because: `${guestName(guest)} runs Windows, and GVT-g on Apollo Lake is for Linux guests only: Windows hangs or shows Code 43.`,
              evidence: [entryEvidence(guest, key), ...caveat.evidence],
              remedy: { text: 'Give that guest the whole GPU instead, or none.', fix: { kind: 'unassign', vmid: guest.vmid } },
            },
          ];
        });
      }),
    ),
};
