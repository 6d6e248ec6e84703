// SPDX-License-Identifier: AGPL-3.0-or-later
import { type Assignment, allAssignments } from '../../assign/assignments.ts';
import { isOurHook } from '../../assign/ours.ts';
import type { PciDevice, PciFacts } from '../../facts/pci-facts.ts';
import type { Evidence } from '../../gpu/verdict.ts';
import { nextValue } from '../../guest/guest-view.ts';
import { type DesiredGpu, desiredOf } from '../../plan/desired.ts';
import { EMPTY_LEDGER } from '../../plan/ledger.ts';
import { isVfPlace } from '../../vf/expected-vfs.ts';
import { intelGpus, type Vf, vfsOf } from '../../vf/vf.ts';
import type { DoctorCase } from '../doctor-case.ts';
import { entryEvidence } from '../gpu-wish.ts';

/** A GPU of which VFs are wanted: by what was asked of this node, by guests, or by both. */
export interface WantedVfs {
  readonly pf: PciDevice;
  /** Those that exist now. */
  readonly vfs: readonly Vf[];
  /** What was asked of the GPU with our commands, where that is SR-IOV. */
  readonly asked?: DesiredGpu;
  /** Entries of this node's guests that name VFs of it, or a pool of such. */
  readonly entries: readonly Assignment[];
  /** What shows that they are wanted. */
  readonly sign: Evidence;
}

/** Found once for each machine: many findings ask. */
const FOUND = new WeakMap<DoctorCase, readonly WantedVfs[]>();

/** The Intel GPUs whose VFs somebody counts on at boot or at the next start of a guest. */
export function wantedVfs(ground: DoctorCase, pci: PciFacts): readonly WantedVfs[] {
  const known = FOUND.get(ground) ?? findWanted(ground, pci);
  FOUND.set(ground, known);
  return known;
}

function findWanted({ facts, desired }: DoctorCase, pci: PciFacts): readonly WantedVfs[] {
  const gpus = intelGpus(pci);
  const all = allAssignments(facts, EMPTY_LEDGER).filter(({ form, state }) => state !== 'leaving' && VF_FORMS.has(form));
  return gpus.flatMap((pf): readonly WantedVfs[] => {
    const vfs = vfsOf(pci, pf);
    const isOf = ({ devices, form }: Assignment) =>
      devices.some((bdf) => vfs.some((vf) => vf.bdf === bdf) || isVfPlace(pf, bdf)) ||
      (form === 'pool' && devices.length === 0 && gpus.length === 1);
    const entries = all.filter(isOf);
    const wish = desired.state === 'known' ? desiredOf(desired.value, pf) : undefined;
    const asked = wish?.mode === 'sriov' ? wish : undefined;
    const [first] = entries;
    if (asked === undefined && first === undefined) return [];
    const sign =
      first === undefined
        ? { source: '/var/lib/pveigpu/desired.json', value: `${pf.bdf}: sriov` }
        : entryEvidence(first.guest, first.key);
    return [{ pf, vfs, ...(asked === undefined ? {} : { asked }), entries, sign }];
  });
}

const VF_FORMS: ReadonlySet<Assignment['form']> = new Set(['pool', 'raw', 'args']);

/** Whether our hookscript makes the VF of an entry at the start, so that it need not be there before. */
export function isMadeAtStart({ guest, form }: Assignment): boolean {
  return form === 'raw' && isOurHook(nextValue(guest, 'hookscript'));
}
