// SPDX-License-Identifier: AGPL-3.0-or-later
import { optionPlaces } from './directives.ts';
import type { Detector } from './leftover.ts';

/** `vfio-pci disable_vga=1`: PVE's documentation names it for other cards; QEMU's legacy mode for an integrated GPU needs VGA. */
export const disableVga: Detector = ({ others, mode }) =>
  optionPlaces(others, 'vfio-pci', 'disable_vga')
    .filter(({ value }) => /^(1|y)/i.test(value))
    .map(({ path, line, text }) => ({
      id: 'leftover.disable-vga',
      path,
      text,
      ...(line === undefined ? {} : { line }),
      says:
        mode === 'gvt-d'
          ? 'vfio-pci offers no VGA, so a guest in legacy mode shows no picture before its driver starts.'
          : 'vfio-pci offers no VGA; that matters only when a guest gets the whole GPU.',
    }));
