// SPDX-License-Identifier: AGPL-3.0-or-later
// How fast option ROMs are read: 64 of 512 KiB, each of a legacy and an EFI image, next to cat of the same files.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { firmwareRows } from './firmware-rows.mjs';

const FILES = 64;
const IMAGE_BLOCKS = [255, 769];

/** Rows of the table: ratio of the work alone, less starting node and reading, to cat. */
export async function romRows({ folder, measure, bundled, node }) {
  const roms = join(folder, 'roms');
  mkdirSync(roms);
  const rom = madeRom();
  const files = Array.from({ length: FILES }, (_, at) => join(roms, `${at}.rom`));
  for (const file of files) writeFileSync(file, rom);
  const program = await bundled('bench/roms.ts', 'roms.mjs');
  const runs = ['read', 'parse', 'info'].map((name) => ({ name, argv: [node, program, name, ...files] }));
  const taken = measure([{ name: 'cat', argv: ['sh', '-c', 'cat "$@" > /dev/null', 'sh', ...files] }, ...runs], 11);
  const of = (name) => taken.get(name).median;
  const bytes = FILES * rom.length;
  const rows = ['parse', 'info'].map((name) => {
    const own = Math.max(of(name) - of('read'), 0.1);
    const note = `${own.toFixed(1)} ms, ${(bytes / 1048.576 / own).toFixed(0)} MiB/s`;
    return [`rom ${name} of ${bytes / 2 ** 20} MiB, less reading / cat`, (own / of('cat')).toFixed(2), '', '', note];
  });
  return [...rows, ...(await firmwareRows({ folder, measure, bundled, node, rom }))];
}

/** Bytes like code, so that nothing is found early. */
function madeRom() {
  const images = IMAGE_BLOCKS.map((blocks, at) => {
    const bytes = Buffer.alloc(blocks * 512);
    for (let i = 0; i < bytes.length; i += 1) bytes[i] = (i * 2654435761) >>> 13;
    bytes.set([0x55, 0xaa, blocks & 0xff, blocks >> 8]);
    bytes.writeUInt16LE(0x1c, 0x18);
    bytes.write('PCIR', 0x1c, 'latin1');
    bytes.set([0x86, 0x80, 0x85, 0x5a, 0, 0, 0x18, 0, 0, 0, 0, 3], 0x20);
    bytes.writeUInt16LE(blocks, 0x2c);
    bytes.set([at === 0 ? 0 : 3, at === 0 ? 0 : 0x80], 0x30);
    return bytes;
  });
  return Buffer.concat(images);
}
