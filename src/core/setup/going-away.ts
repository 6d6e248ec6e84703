// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Assignment, allAssignments } from '../assign/assignments.ts';
import { guestName } from '../assign/guest-keys.ts';
import type { SliceForm } from '../assign/slice-entry.ts';
import type { PciDevice } from '../facts/pci-facts.ts';
import { ifKnown } from '../facts/section.ts';
import type { Mode } from '../gpu/verdict.ts';
import type { Remark } from '../plan/action.ts';
import { isVfPlace } from '../vf/expected-vfs.ts';
import { intelGpus, vfsOf } from '../vf/vf.ts';
import type { SetupGround } from './setup-part.ts';

/** In which modes a slice of a form can be used; a pool of VFs is a form of VF. */
const LIVES_IN: { readonly [F in SliceForm]: readonly Mode[] } = {
  pool: ['sriov'],
  raw: ['sriov'],
  mdev: ['gvt-g'],
  pf: ['gvt-d'],
  args: ['gvt-d', 'sriov'],
  render: ['host', 'sriov', 'gvt-g'],
};

const WORDS: { readonly [F in SliceForm]: string } = {
  pool: 'a VF from a pool',
  raw: 'a VF',
  mdev: 'a mediated device',
  pf: 'the whole GPU',
  args: 'the GPU by QEMU arguments',
  render: 'a render node in /dev/dri',
};

/** Remarks on the guests that lose their slice, and the running ones among them. */
export interface GoingAway {
  readonly remarks: readonly Remark[];
  /** Names of guests that run now and would lose it. */
  readonly running: readonly string[];
}

/**
 * Who uses what a change of mode takes away. A guest that runs blocks the change (it is only a warning when `later`, as
 * the reboot stops it anyway); stopped ones cannot start afterwards, or not without harm, which needs `--force`.
 */
export function goingAway(ground: SetupGround, gpu: PciDevice, mode: Mode, later: boolean): GoingAway {
  const losing = usersOf(ground, gpu).filter((one) => one.state !== 'leaving' && !LIVES_IN[one.form].includes(mode));
  const remarks: Remark[] = [];
  const running: string[] = [];
  const seen = new Set<string>();
  for (const one of losing) {
    const { guest, form, key } = one;
    const name = guestName(guest);
    if (seen.has(`${name} ${form}`)) continue;
    seen.add(`${name} ${form}`);
    const runs = guest.running.state !== 'known' || guest.running.value;
    if (runs) running.push(name);
    const stays = takesFromHost(ground, gpu, one, mode);
    if (stays && (later || !runs)) continue;
    const has = `${name} has ${WORDS[form]} (${key})`;
    const text = stays ? `${has} by hand-over.` : `${has}, which there is none of in the mode ${mode}.`;
    if (runs && !later)
      remarks.push({
        level: 'blocker',
        id: 'setup.guest-runs',
        text: `${text} It runs now.`,
        hint: 'Stop it first, or give --defer-reboot.',
        code: 'vf.in-use',
      });
    else if (form === 'render')
      remarks.push({
        level: 'warning',
        id: 'setup.container-loses',
        text,
        hint: `It starts again when its line ${key} is taken out.`,
      });
    else
      remarks.push({
        level: 'blocker',
        id: 'setup.guest-assigned',
        // PVE itself takes the whole GPU from whatever driver has it.
        text: `${text} ${form === 'pf' && mode === 'host' ? 'A start would pull it from under the host.' : 'It could not start any more.'}`,
        hint: `First: pveigpu unassign ${guest.vmid}.`,
        overridable: true,
        code: 'guest.slice-taken',
      });
  }
  return { remarks, running };
}

/** By hand-over a guest gets the whole GPU from the host's driver at its start; it needs none of it while it does not run. */
function takesFromHost({ handovers }: SetupGround, gpu: PciDevice, { guest, form }: Assignment, mode: Mode): boolean {
  return form === 'pf' && mode === 'host' && handovers?.get(guest.vmid) === gpu.bdf;
}

/** The guests of this node with a slice of one GPU, VFs that are not there now among them. A render node is counted only where it can be no other GPU's. */
function usersOf(ground: SetupGround, gpu: PciDevice): readonly Assignment[] {
  const pci = ifKnown(ground.facts.pci);
  if (pci === undefined) return [];
  const own: readonly string[] = [gpu.bdf, ...vfsOf(pci, gpu).map(({ bdf }) => bdf)];
  const only = intelGpus(pci).length === 1;
  return allAssignments(ground.facts, ground.ledger).filter(({ devices }) =>
    devices.length === 0 ? only : devices.some((bdf) => own.includes(bdf) || isVfPlace(gpu, bdf)),
  );
}
