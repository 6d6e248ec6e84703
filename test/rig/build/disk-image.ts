// SPDX-License-Identifier: AGPL-3.0-or-later
import { closeSync, ftruncateSync, openSync, rmSync, writeSync } from 'node:fs';
import { execute } from './execute.ts';
import { inRig } from './workspace.ts';

const MIB = 1024 * 1024;
const SIZE_MIB = 3072;

/** Writes the guest's disk: one ext4 partition at 1 MiB, filled from the root tree, without loop devices or mounts. About 7 s. */
export async function writeDiskImage(log: string): Promise<void> {
  const path = inRig('base.img');
  rmSync(path, { force: true });
  const file = openSync(path, 'w');
  ftruncateSync(file, SIZE_MIB * MIB);
  writeSync(file, partitionTable(2048, SIZE_MIB * 2048 - 2048), 0, 512, 0);
  closeSync(file);
  const features = ['-O', '^metadata_csum_seed,^orphan_file', '-m', '0', '-L', 'rigroot'] as const;
  const extended = 'offset=1048576,lazy_itable_init=1,lazy_journal_init=1';
  const size = `${(SIZE_MIB - 1) * 1024}k`;
  const argv = ['mke2fs', '-q', '-F', '-t', 'ext4', ...features, '-E', extended, '-d', inRig('root'), path, size] as const;
  await execute(argv, { log, env: { PATH: `${process.env.PATH}:/usr/sbin:/sbin` } });
}

/** A boot sector with a disk signature and one active Linux partition; sectors of 512 bytes. */
function partitionTable(first: number, count: number): Buffer {
  const sector = Buffer.alloc(512);
  sector.write('RIG1', 440, 'latin1');
  sector.set([0x80, 0xfe, 0xff, 0xff, 0x83, 0xfe, 0xff, 0xff], 446);
  sector.writeUInt32LE(first, 454);
  sector.writeUInt32LE(count, 458);
  sector.writeUInt16BE(0x55aa, 510);
  return sector;
}
