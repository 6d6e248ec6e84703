// SPDX-License-Identifier: AGPL-3.0-or-later
import { nodeOf, ownGuests } from '../../assign/assignments.ts';
import { ifKnown } from '../../facts/section.ts';
import { SHOW_GPU } from '../../gpu/missing-gpu.ts';
import type { Evidence, Reason } from '../../gpu/verdict.ts';
import { slicesOf } from '../../guest/guest-slices.ts';
import { visible } from '../../text/visible.ts';
import type { DoctorCase } from '../doctor-case.ts';
import { FINE, type FindingRule } from '../finding.ts';
import { entryEvidence } from '../gpu-wish.ts';
import { asTrouble } from '../trouble.ts';

const SLOT = '0000:00:02.';

/** The processor's GPU does not show, and guests or the set-up count on it. */
export const GPU_HIDDEN: FindingRule = {
  id: 'firmware.gpu-hidden',
  severity: 'error',
  title: "The processor's own GPU does not show",
  reference: 'https://www.intel.com/content/www/us/en/support/articles/000095024/graphics.html',
  examine: (ground) => {
    const hidden = hiddenGpu(ground);
    const sign = hidden === undefined ? undefined : countsOnIt(ground);
    if (hidden === undefined || sign === undefined) return FINE;
    return asTrouble(hidden, { also: [sign], remedy: { text: SHOW_GPU } });
  },
};

/** A processor that has no GPU at all is nothing that a switch could mend; then only the guest's entry is wrong. */
function hiddenGpu({ verdict }: DoctorCase): Reason | undefined {
  return [verdict.noGpu, ...verdict.remarks].find((reason) => reason?.id === 'gpu.off-in-firmware');
}

function countsOnIt({ facts, desired }: DoctorCase): Evidence | undefined {
  const asked = desired.state === 'known' ? Object.keys(desired.value.gpus).find((key) => key.startsWith(SLOT)) : undefined;
  if (asked !== undefined) return { source: '/var/lib/pveigpu/desired.json', value: visible(asked, 80) };
  const pci = ifKnown(facts.pci);
  if (pci === undefined) return undefined;
  const noNodes = ifKnown(facts.drm)?.nodes.length === 0;
  const pools = ifKnown(facts.pools)?.pools ?? [];
  const node = nodeOf(facts);
  const isOfIt = (pool: string | null) =>
    pools.some(({ id, entries }) => id === pool && entries.some((entry) => entry.node === node && entry.path.startsWith(SLOT)));
  for (const guest of ownGuests(facts))
    for (const slice of slicesOf(guest, 'next', { pci, pools, node }))
      if (
        (slice.kind === 'missing' && slice.address.startsWith(SLOT)) ||
        (slice.kind === 'shared' && noNodes) ||
        ((slice.kind === 'pool' || slice.kind === 'mdev') && isOfIt(slice.pool))
      )
        return entryEvidence(guest, slice.via);
  return undefined;
}
