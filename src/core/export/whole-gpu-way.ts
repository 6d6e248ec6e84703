// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice } from '../facts/pci-facts.ts';
import { lookupGpu } from '../gpu/catalogue.ts';
import { ok, problem, type Result } from '../problem.ts';
import type { WholeGpuWay } from './export-case.ts';

/**
 * How QEMU gets the whole GPU: its legacy mode where the GPU has one (generations 6 to 9, QEMU 10.1 hw/vfio/igd.c) and it is not asked
 * otherwise. Fails with `gpu.cannot` when legacy mode is asked for and the GPU has none.
 */
export function wholeGpuWay({ bdf, device }: PciDevice, asked?: WholeGpuWay): Result<WholeGpuWay> {
  const entry = lookupGpu(device);
  const hasLegacy = entry?.gvtdDetail?.legacyMode === true;
  if (entry?.gvtd === 'blocked')
    return problem('gpu.cannot', `${bdf} (${device}) cannot be given to a VM: the kernel keeps it out of the IOMMU.`, {
      hint: 'pveigpu verdict says what works instead.',
    });
  if (asked !== 'legacy' || hasLegacy) return ok(asked ?? (hasLegacy ? 'legacy' : 'upt'));
  return problem('gpu.cannot', `${bdf} (${device}) has no legacy mode in QEMU: that ends with generation 9.`, {
    hint: 'Use pf:upt.',
  });
}
