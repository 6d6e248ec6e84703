// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Bdf } from '../pci/address.ts';

/** The parts of an address, as hex texts without `0x`. */
export interface PciParts {
  readonly domain: string;
  readonly bus: string;
  readonly slot: string;
  readonly function: string;
}

/** Takes an address apart: `0000:00:02.3` is 0000, 00, 02, 3. */
export function pciParts(bdf: Bdf): PciParts {
  const [domain = '0000', bus = '00', rest = '00.0'] = bdf.split(':');
  const [slot = '00', func = '0'] = rest.split('.');
  return { domain, bus, slot, function: func };
}
