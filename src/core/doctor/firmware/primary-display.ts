// SPDX-License-Identifier: AGPL-3.0-or-later
import { ifKnown } from '../../facts/section.ts';
import { attribute, logEvidence } from '../../gpu/gpu-case.ts';
import { wholeDisplays } from '../../vf/whole-displays.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { gpuWishes } from '../gpu-wish.ts';

// drivers/vfio/pci/vfio_pci_igd.c through vfio_pci_core.c.
const NO_REGIONS = /Failed to setup Intel IGD regions/;

/**
 * A guest gets the processor's GPU whole, and the firmware does not set that GPU up: without its OpRegion and VGA there is no picture
 * before the guest's driver starts (QEMU docs/igd-assign.txt).
 */
export const NOT_PRIMARY: FindingRule = {
  id: 'firmware.not-primary-display',
  severity: 'warning',
  title: "The processor's GPU is not the primary display",
  reference: 'https://gitlab.com/qemu-project/qemu/-/blob/master/docs/igd-assign.txt',
  examine: (ground) =>
    gpuWishes(ground).flatMap((wish): readonly Outcome[] => {
      const { mode, entry, device, sign } = wish;
      if (mode !== 'gvt-d' || entry.kind !== 'integrated') return [];
      const pci = ifKnown(ground.facts.pci);
      const boot = pci === undefined ? undefined : wholeDisplays(pci).find(({ bootVga }) => bootVga === true);
      const said = logEvidence(wish, NO_REGIONS);
      const isOther = boot !== undefined && boot.bdf !== device.bdf && entry.gvtd === 'legacy';
      if (said === undefined && !isOther) return [];
      const because = isOther
        ? `The firmware set up ${boot.bdf} as the primary display, so a guest with ${device.bdf} in legacy mode has no VGA and no OpRegion of it.`
        : `vfio-pci found no usable OpRegion of ${device.bdf}, which the firmware makes for the display that it sets up.`;
      return [
        {
          state: 'problem',
          subject: device.bdf,
          because,
          evidence: [isOther ? attribute(boot, 'boot_vga', '1') : (said ?? sign), sign],
          remedy: { text: 'Set the internal graphics as primary display (IGFX, iGPU) in the firmware set-up.' },
        },
      ];
    }),
};
