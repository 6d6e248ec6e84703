// SPDX-License-Identifier: AGPL-3.0-or-later
import { optionPlaces } from './directives.ts';
import type { Detector } from './leftover.ts';

/** `vfio_iommu_type1 allow_unsafe_interrupts=1`: gives up a protection that machines with interrupt remapping have. */
export const unsafeInterrupts: Detector = ({ others }) =>
  optionPlaces(others, 'vfio_iommu_type1', 'allow_unsafe_interrupts')
    .filter(({ value }) => /^(1|y)/i.test(value))
    .map(({ path, line, text }) => ({
      id: 'leftover.unsafe-interrupts',
      path,
      text,
      ...(line === undefined ? {} : { line }),
      says: 'A guest with a device could send interrupts as another one; Intel GPUs do not need this.',
    }));
