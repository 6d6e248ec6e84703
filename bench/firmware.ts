// SPDX-License-Identifier: AGPL-3.0-or-later
// Searches a firmware image, or reads it and inflates its packed stream once: node firmware.mjs search|inflate IMAGE STREAM
import { readFileSync } from 'node:fs';
import { zlibInflaters } from '../src/adapters/inflate-zlib.ts';
import { decodeLzma } from '../src/core/rom/extract/lzma.ts';
import { searchFirmware } from '../src/core/rom/extract/search-firmware.ts';

const [, , what, image = '', stream = ''] = process.argv;
const bytes = new Uint8Array(readFileSync(image));
if (what === 'inflate') {
  if (decodeLzma(new Uint8Array(readFileSync(stream)), 1 << 26) === undefined) throw new Error('the stream is damaged');
} else {
  const search = searchFirmware(bytes, { inflaters: zlibInflaters, isLate: () => false });
  let step = search.next();
  while (step.done !== true) step = search.next();
  const { roms, faults } = step.value;
  if (roms.length !== 1 || faults.length > 0) throw new Error(`${roms.length} ROMs and ${faults.length} faults were found`);
}
