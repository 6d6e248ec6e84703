// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Simulated, simulated } from '../app/simulated.ts';
import * as made from '../core/rom/extract/firmware-image.ts';
import { jsonOf, sentence, typed } from './command-line.ts';

const FIRMWARE = '/root/update.cap';
const ROM = made.optionRom(0x8086, 0x5a85, 0x8000);
const OTHER = made.optionRom(0x8086, 0x0406, 0x800, 2);
const NETWORK = made.optionRom(0x8086, 0x100e, 0x400, 3);
NETWORK.set([0, 0, 2], 0x40 + 0x0d);
const TABLE = made.videoTable(0x200);
const IMAGE = made.capsule(
  made.volume([
    made.file('11111111-0000-0000-0000-000000000001', 0x02, made.lzmaSection(made.section(0x19, ROM), made.section(0x19, TABLE))),
    made.file(
      '11111111-0000-0000-0000-000000000002',
      0x02,
      made.sections(made.section(0x19, OTHER), made.section(0x19, NETWORK)),
    ),
  ]),
);

function node(image: Uint8Array = IMAGE): Simulated {
  const one = simulated('apollo-lake');
  one.node.machine.tree.setFile(FIRMWARE, image);
  return one;
}

function content({ node: { machine } }: Simulated, path: string): Uint8Array | undefined {
  const found = machine.tree.get(path);
  return found?.kind === 'file' && typeof found.content !== 'string' ? found.content : undefined;
}

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const nameOf = (bytes: Uint8Array, ids: string) => `vbios_${ids}_${hash(bytes).slice(0, 8)}.rom`;

describe('rom extract', () => {
  test('writes the ROMs of displays, and says which is for this machine', async () => {
    const one = node();
    const ran = await typed(one, `rom extract ${FIRMWARE} --to /root/roms`);
    expect(ran.code).toBe(0);
    const mine = `/root/roms/${nameOf(ROM, '8086_5a85')}`;
    expect(ran.out).toMatch(
      /^\/root\/roms\/vbios_8086_5a85_\w+\.rom +32768 +8086:5a85 x86 +0000:00:02\.0 +packed in file 11111111/m,
    );
    expect(ran.out).toMatch(/^\/root\/roms\/vbios_8086_0406_\w+\.rom +2048 +8086:0406 x86 +perhaps 0000:00:02\.0 +at /m);
    expect(ran.out).toMatch(/^vbios_8086_100e_\w+\.rom +1024 +8086:100e x86 +no display/m);
    expect(ran.out).toMatch(/^vbt_\w+\.bin +512 +VBT ALDERLAKE 100/m);
    expect(content(one, mine)).toEqual(ROM);
    expect(content(one, `/root/roms/${nameOf(OTHER, '8086_0406')}`)).toEqual(OTHER);
    expect(content(one, `/root/roms/${nameOf(NETWORK, '8086_100e')}`)).toBeUndefined();
  });

  test('with --all writes everything, and a second time nothing new', async () => {
    const one = node();
    const ran = jsonOf(await typed(one, `rom extract ${FIRMWARE} --to /root --all --json`));
    expect(ran).toMatchObject({ kind: 'rom-extract', volumes: 1, files: 2, stopped: null, faults: [], remarks: [] });
    expect(content(one, `/root/vbt_${hash(TABLE).slice(0, 8)}.bin`)).toEqual(TABLE);
    expect(content(one, `/root/${nameOf(NETWORK, '8086_100e')}`)).toEqual(NETWORK);
    expect((await typed(one, `rom extract ${FIRMWARE} --to /root --all`)).code).toBe(0);
  });

  test('never writes over another file without --force', async () => {
    const one = node();
    const path = `/root/${nameOf(ROM, '8086_5a85')}`;
    one.node.machine.tree.setFile(path, 'something else');
    const ran = await typed(one, `rom extract ${FIRMWARE} --to /root`);
    expect([sentence(ran), ran.code]).toEqual([`${path} exists with other content.`, 2]);
    expect((await typed(one, `rom extract ${FIRMWARE} --to /root --force`)).code).toBe(0);
    expect(content(one, path)).toEqual(ROM);
  });

  test('with --list writes nothing', async () => {
    const one = node();
    const before = one.node.persistentFiles();
    expect((await typed(one, `rom extract ${FIRMWARE} --list`)).code).toBe(0);
    expect(one.node.persistentFiles()).toEqual(before);
  });

  test('a file without anything', async () => {
    const ran = await typed(node(made.bytes('no firmware at all')), `rom extract ${FIRMWARE}`);
    expect([ran.code, ran.out]).toEqual([
      1,
      `${FIRMWARE}: 18 bytes, 0 volumes, 0 files, 0 sections\nNo option ROM, GOP driver or VBT was found.\n`,
    ]);
  });

  test('a program of a vendor where nothing can unpack it', async () => {
    const ran = await typed(node(made.bytes('MZ', 'Inno Setup Setup Data (6.0.0)')), `rom extract ${FIRMWARE}`);
    expect(ran.out).toContain(
      'note It is wrapped in a way that innoextract unpacks, which is not installed. apt install innoextract\n',
    );
  });

  test('no file', async () => {
    const ran = await typed(node(), 'rom extract /root/none.cap');
    expect([sentence(ran), ran.code]).toEqual(['There is no file /root/none.cap.', 1]);
  });
});
