// SPDX-License-Identifier: AGPL-3.0-or-later

import { ifKnown } from '../../facts/section.ts';
import type { OptionRomFault } from '../../rom/option-rom.ts';
import type { FindingRule, Outcome } from '../finding.ts';
import { romUses } from './rom-use.ts';

/** What stands behind each fault, after "The file X". `no-last-flag` and `private-images-cut` are left out: firmware takes such a ROM. */
const MEANING: { readonly [F in OptionRomFault]?: string } = {
  empty: 'has only zeros or only ones: the device was asleep or did not decode when its ROM was dumped',
  'no-signature': 'is no option ROM: it does not begin with 55 AA',
  'header-in-front': 'does not begin with 55 AA: a flash tool put its own header before the ROM, which has to be cut off',
  'no-pci-data': 'has no PCI data structure: it is the ROM of an ISA device, or damaged',
  'truncated-header': 'ends within its header',
  'pci-data-outside': 'is shorter than its own header says: what the header points to lies behind its end',
  'too-many-images': 'has more images than any option ROM, so it is something else',
  truncated: 'is shorter than its own header says: the copy or the dump was broken off',
  'no-length': 'has an image without a length',
};

/** A file that QEMU hands out as it is, and that no firmware of a guest can use. */
export const ROM_DAMAGED: FindingRule = {
  id: 'rom.damaged',
  severity: 'error',
  title: 'The ROM file of a guest is no whole option ROM',
  reference: 'https://uefi.org/specs/UEFI/2.10/14_Protocols_PCI_Bus_Support.html#pci-option-roms',
  examine: (ground) =>
    romUses(ground).flatMap(({ name, file, line }): readonly Outcome[] => {
      const rom = ifKnown(file.rom);
      const meaning = rom?.faults.map((fault) => MEANING[fault]).find((text) => text !== undefined);
      if (rom === undefined || meaning === undefined) return [];
      return [
        {
          state: 'problem',
          subject: name,
          because: `${file.path} ${meaning}, so ${name} has no ROM to show a picture with.`,
          evidence: [{ source: file.path, value: `${rom.sizeBytes} bytes, ${rom.faults.join(', ')}` }, line],
          remedy: {
            text: 'Make the file anew, from a dump (pveigpu rom dump BDF) or from the BIOS update of the board (pveigpu rom extract FILE).',
          },
        },
      ];
    }),
};
