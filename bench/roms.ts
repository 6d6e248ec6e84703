// SPDX-License-Identifier: AGPL-3.0-or-later
// Reads ROM files and, with `parse` or `info`, what is in them: node roms.mjs read|parse|info FILE...
import { readFileSync } from 'node:fs';
import { parseOptionRom } from '../src/core/rom/option-rom.ts';
import { romInfo } from '../src/core/rom/rom-info.ts';

const [, , what, ...files] = process.argv;
let images = 0;
for (const file of files) {
  const bytes = new Uint8Array(readFileSync(file));
  if (what === 'parse') images += parseOptionRom(bytes).images.length;
  if (what === 'info') images += romInfo(bytes).images.length;
}
if (what !== 'read' && images < files.length) throw new Error('a file that is no ROM was measured');
