// SPDX-License-Identifier: AGPL-3.0-or-later
// How fast a firmware image of 32 MiB is searched: a volume with 13 MiB of code packed with LZMA, a ROM in it, and noise up to the end.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const IMAGE_BYTES = 32 * 2 ** 20;
const CODE_BYTES = 13 * 2 ** 20;
/** EE4E5898-3914-4259-9D6E-DC7BD79403CF as it is stored. */
const LZMA = '98584eee143959429d6edc7bd79403cf';

/** Rows of the table: the search next to reading and inflating once, by ourselves (the budget) and by cat and xz; none without xz. */
export async function firmwareRows({ folder, measure, bundled, node, rom }) {
  const [image, stream] = [join(folder, 'firmware'), join(folder, 'firmware.lzma')];
  const packed = packedCode(rom);
  if (packed === undefined) return [];
  writeFileSync(stream, packed);
  writeFileSync(image, madeImage(packed));
  const program = await bundled('bench/firmware.ts', 'firmware.mjs');
  const taken = measure(
    [
      { name: 'xz', argv: ['sh', '-c', `cat ${image} > /dev/null; xz --format=lzma -dc < ${stream} > /dev/null`] },
      { name: 'inflate', argv: [node, program, 'inflate', image, stream] },
      { name: 'search', argv: [node, program, 'search', image, stream] },
    ],
    7,
  );
  const of = (name) => taken.get(name).median;
  const ratio = of('search') / of('inflate');
  const note = `${of('search').toFixed(0)} ms`;
  return [
    ['rom extract of 32 MiB / reading and inflating it once', ratio.toFixed(2), '<= 2', ratio <= 2 ? 'within' : 'OVER', note],
    ['rom extract of 32 MiB / cat and xz -dc', (of('search') / of('xz')).toFixed(2), '', '', `${of('xz').toFixed(0)} ms`],
  ];
}

/** A section with the ROM and code of node itself, packed by xz, with its size in the header as firmware has it. */
function packedCode(rom) {
  const code = readFileSync(process.execPath).subarray(2 ** 20, 2 ** 20 + CODE_BYTES);
  const body = Buffer.concat([section(0x19, rom), section(0x19, code)]);
  const run = spawnSync('xz', ['--format=lzma', '-1', '-c'], { input: body, maxBuffer: 2 ** 26 });
  if (run.status !== 0) return undefined;
  run.stdout.writeBigUInt64LE(BigInt(body.length), 5);
  return run.stdout;
}

/** A volume with one file that holds the packed section, and noise behind it (UEFI PI 1.8, volume 3). */
function madeImage(packed) {
  const guided = Buffer.concat([Buffer.alloc(20), Buffer.from([24, 0, 1, 0]), packed]);
  Buffer.from(LZMA, 'hex').copy(guided, 4);
  guided.writeUInt32LE(guided.length | (0x02 << 24), 0);
  const file = Buffer.concat([Buffer.alloc(24), guided]);
  file.set([0, 0xaa, 0x02, 0], 16);
  file.writeUIntLE(file.length, 20, 3);
  file[23] = 0xf8;
  file[16] = -(sum(file.subarray(0, 24)) - 0xaa - 0xf8);
  const volume = Buffer.alloc(0x48 + file.length + 64, 0xff);
  volume.fill(0, 0, 0x48);
  Buffer.from('78e58c8c3d8a1c4f9935896185c32dd3', 'hex').copy(volume, 0x10);
  volume.writeBigUInt64LE(BigInt(volume.length & ~1), 0x20);
  volume.write('_FVH', 0x28);
  volume.writeUInt32LE(0x4feff, 0x2c);
  volume.set([0x48, 0, 0, 0, 0, 0, 0, 2], 0x30);
  let words = 0;
  for (let at = 0; at < 0x48; at += 2) words += volume.readUInt16LE(at);
  volume.writeUInt16LE((0x10000 - (words & 0xffff)) & 0xffff, 0x32);
  file.copy(volume, 0x48);
  return Buffer.concat([volume, randomBytes(IMAGE_BYTES - volume.length)]);
}

function section(type, body) {
  const padded = Buffer.alloc(Math.ceil(body.length / 4) * 4);
  body.copy(padded);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(((padded.length + 4) | (type << 24)) >>> 0, 0);
  return Buffer.concat([head, padded]);
}

function sum(bytes) {
  return bytes.reduce((total, byte) => total + byte, 0);
}
