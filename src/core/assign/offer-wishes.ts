// SPDX-License-Identifier: AGPL-3.0-or-later

import type { Guest } from '../facts/guest-facts.ts';
import type { HostFacts } from '../facts/host-facts.ts';
import type { GpuVerdict, MachineVerdict } from '../gpu/verdict.ts';
import { vfListView } from '../vf/vf-list-view.ts';
import type { AssignmentRow } from './assignments-view.ts';
import type { OfferWish } from './guest-offer.ts';

/** A wish with the words for it. */
export interface WishedOffer {
  readonly title: string;
  readonly input: OfferWish;
  /** Why it cannot be, where that is known without a plan. */
  readonly cannot?: string;
}

/** What is worth a look for a guest: each kind of slice on each Intel GPU, the one that PVE lets most users set first. */
export function offerWishes(
  guest: Guest,
  facts: HostFacts,
  verdict: MachineVerdict,
  has: readonly Pick<AssignmentRow, 'key' | 'state'>[],
): readonly WishedOffer[] {
  const gpus = verdict.gpus.filter(({ vendor }) => vendor === '8086');
  const held = gpus.length === 1 ? has.find(({ state }) => state !== 'leaving') : undefined;
  const because = held === undefined ? {} : { cannot: `It has a slice of this GPU (${held.key}); take that back first.` };
  return gpus.flatMap((gpu): readonly WishedOffer[] => {
    const on = gpus.length > 1 ? ` of ${gpu.bdf}` : '';
    const input = gpus.length > 1 ? { gpu: gpu.bdf } : {};
    if (guest.kind === 'lxc')
      return [{ title: `The render node${on}, shared with the host`, input: { mode: 'host', ...input }, ...because }];
    const vf = freeVf(facts, gpu.bdf);
    const pinned: WishedOffer[] =
      vf === undefined ? [] : [{ title: `VF ${vf}${on}, always the same`, input: { mode: 'sriov', ...input, vf }, ...because }];
    return [
      { title: `Any free VF${on}, from the pool`, input: { mode: 'sriov', ...input }, ...because, ...cannot(gpu, 'sriov') },
      ...pinned,
      { title: `A mediated device${on} (GVT-g)`, input: { mode: 'gvt-g', ...input }, ...because, ...cannot(gpu, 'gvt-g') },
      { title: `The whole GPU${on}`, input: { mode: 'gvt-d', ...input }, ...because, ...cannot(gpu, 'gvt-d') },
    ];
  });
}

function cannot({ modes }: GpuVerdict, mode: OfferWish['mode']): { readonly cannot?: string } {
  const judged = modes.find((one) => one.mode === mode);
  return judged?.answer === 'no' ? { cannot: judged.reasons[0]?.text ?? 'It cannot work here.' } : {};
}

/** The number of the lowest VF that nobody uses and no guest names. */
function freeVf(facts: HostFacts, gpu: string): number | undefined {
  const functions = vfListView(facts).gpus.find(({ bdf }) => bdf === gpu)?.functions ?? [];
  const free = functions.find(
    (one) => one.vf !== null && one.leaving !== true && one.holders.length === 0 && one.pinnedTo.length === 0,
  );
  return free?.vf ?? undefined;
}
