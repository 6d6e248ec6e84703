// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice, PciFacts } from '../facts/pci-facts.ts';
import type { CatalogueEntry } from '../gpu/catalogue-entry.ts';
import { ok, problem, type Result } from '../problem.ts';
import { groupMates } from './group-mates.ts';

/** The sound function whose HDMI and DisplayPort outputs the GPU drives, when it can be given to a guest by itself. */
export function audioFunction(pci: PciFacts, gpu: PciDevice, entry: CatalogueEntry): Result<PciDevice> {
  const sounds = pci.others.filter(({ class: kind, vendor }) => kind.startsWith('0403') && vendor === '8086');
  const named = sounds.filter(({ device }) => entry.audioCandidates.includes(device));
  // An integrated GPU's sound is in the chipset, whose id the catalogue need not have.
  const near = entry.kind === 'integrated' ? sounds.filter(({ bdf }) => bdf.startsWith('0000:00:')) : [];
  const audio = named[0] ?? near[0];
  if (audio === undefined)
    return problem('gpu.cannot', `No sound function is known that belongs to ${gpu.bdf}.`, { hint: 'Leave out --audio.' });
  if (audio.iommuGroup === null)
    return problem('gpu.cannot', `The sound function ${audio.bdf} is in no IOMMU group.`, { hint: 'Leave out --audio.' });
  const mates = groupMates(pci, audio).filter((bdf) => bdf !== gpu.bdf);
  if (mates.length === 0) return ok(audio);
  return problem(
    'gpu.cannot',
    `The sound function ${audio.bdf} shares IOMMU group ${audio.iommuGroup} with ${mates.join(', ')}, which PVE would take from the host too.`,
    { hint: 'Leave out --audio; sound over the network or by USB works without it.', where: audio.bdf },
  );
}
