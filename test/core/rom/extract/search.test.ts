// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { zlibInflaters } from '../../../../src/adapters/inflate-zlib.ts';
import type { FirmwareLimits } from '../../../../src/core/rom/extract/firmware-walk.ts';
import { FIRMWARE_LIMITS } from '../../../../src/core/rom/extract/firmware-walk.ts';
import { type SearchedFirmware, type SearchProgress, searchFirmware } from '../../../../src/core/rom/extract/search-firmware.ts';
import { sha256Hex } from '../../../../src/core/text/sha256.ts';
import * as made from './firmware-image.ts';

function search(image: Uint8Array, limits: Partial<FirmwareLimits> = {}, isLate = () => false) {
  const steps: SearchProgress[] = [];
  const running = searchFirmware(image, { inflaters: zlibInflaters, isLate, limits: { ...FIRMWARE_LIMITS, ...limits } });
  for (;;) {
    const next = running.next();
    if (next.done === true) return { ...(next.value satisfies SearchedFirmware), steps };
    steps.push(next.value);
  }
}

const igpu = made.optionRom(0x8086, 0x0406, 0x8000, 1);
const dgpu = made.optionRom(0x10de, 0x13b6, 0x19800, 2);
const network = made.optionRom(0x8086, 0x100e, 0x1000, 3);
const plain = made.optionRom(0x8086, 0x5a85, 0x2000, 4);
const table = made.videoTable(0x600);
const gopCode = made.gopCode('21.0.1048');
const gop = made.file(
  'FF0C8745-3270-4439-B74F-3E45F8C77064',
  0x07,
  made.sections(made.section(0x10, gopCode), made.nameSection('IntelGopDriver')),
);
const policy = made.file(
  '5D72CDB3-9DA0-47C5-8C5E-0A0B9A0B9A0B',
  0x07,
  made.sections(made.section(0x10, made.bytes('MZ', Array(80).fill(1))), made.nameSection('PlatformGopPolicy')),
);

/** One image with a ROM in each kind of wrapping. */
const BIOS = made.volume([
  made.file(
    '11111111-0000-0000-0000-000000000001',
    0x02,
    made.lzmaSection(
      made.section(
        0x17,
        made.volume([
          made.file('11111111-0000-0000-0000-000000000002', 0x02, made.section(0x19, igpu)),
          made.file('11111111-0000-0000-0000-000000000003', 0x02, made.section(0x19, table)),
          gop,
          policy,
        ]),
      ),
    ),
  ),
  made.file('11111111-0000-0000-0000-000000000004', 0x02, made.tianoSection(made.section(0x19, dgpu))),
  made.file('11111111-0000-0000-0000-000000000005', 0x02, made.efiSection(made.section(0x19, network))),
  made.file('11111111-0000-0000-0000-000000000006', 0x01, plain),
]);
const IDS = ['10de:13b6', '8086:0406', '8086:100e', '8086:5a85'];

describe('ROMs are found byte for byte', () => {
  test.each([
    ['in an image', BIOS],
    ['in a capsule', made.capsule(BIOS)],
    ["in a program of Dell's", made.dellUpdate(BIOS)],
    ['in a dump of a flash chip', made.flashChip(BIOS)],
    ['at an odd place', made.bytes(Array(12345).fill(0x55), BIOS, Array(77).fill(0xaa))],
  ])('%s', (_name, image) => {
    const { roms, gops, vbts, faults } = search(image);
    expect(roms.map(({ rom }) => `${rom.images[0]?.vendor}:${rom.images[0]?.device}`).sort()).toEqual(IDS);
    expect(roms.map(({ sha256 }) => sha256).sort()).toEqual([igpu, dgpu, network, plain].map((one) => sha256Hex(one)).sort());
    for (const one of roms) expect(sha256Hex(one.bytes)).toBe(one.sha256);
    expect(gops).toMatchObject([{ name: 'IntelGopDriver', version: '21.0.1048', sha256: sha256Hex(gopCode) }]);
    expect(vbts).toMatchObject([{ vbt: { name: 'ALDERLAKE', version: 100, isWhole: true }, sha256: sha256Hex(table) }]);
    expect(faults).toEqual([]);
  });

  test('where they were, and what lies around them', () => {
    const { roms, layers, volumes, files, steps } = search(made.flashChip(BIOS));
    const of = (device: string) => roms.find(({ rom }) => rom.images[0]?.device === device)?.where;
    expect(of('0406')).toBe('packed in file 11111111-0000-0000-0000-000000000001');
    expect(of('5a85')).toMatch(/^at [0-9a-f]+h$/);
    expect(layers).toEqual([
      'flash region: descriptor',
      'flash region: BIOS',
      'flash region: management engine',
      'packed with lzma',
      'packed with tiano',
      'packed with efi-1.1',
    ]);
    expect([volumes, files]).toEqual([2, 8]);
    expect(steps.map(({ doneBytes }) => doneBytes)).toEqual(steps.map(({ doneBytes }) => doneBytes).sort((a, b) => a - b));
  });

  test('a program that filters calls of x86 first', () => {
    const body = made.lzmaOf(made.section(0x19, plain));
    const { roms } = search(
      made.volume([made.file('11111111-0000-0000-0000-000000000007', 0x02, made.guided(made.LZMA_X86, body))]),
    );
    expect(roms).toHaveLength(1);
  });

  test('equal ROMs are listed once, and images of one ROM are no ROM of their own', () => {
    const second = made.optionRom(0x8086, 0x0406, 0x1000, 9);
    const first = igpu.slice();
    first[0x55] = 0;
    const { roms } = search(made.bytes(first, second, 'between', first, second));
    expect(roms).toHaveLength(1);
    expect(roms[0]?.rom.images).toHaveLength(2);
  });
});

describe('limits', () => {
  const bomb = made.volume([
    made.file('11111111-0000-0000-0000-000000000008', 0x02, made.lzmaSection(made.section(0x19, new Uint8Array(1 << 20)))),
  ]);

  test('a piece that grows too much is left out, and the rest is searched', () => {
    const { roms, faults, unpackedBytes } = search(made.bytes(bomb, BIOS), { ratio: 50, smallBytes: 0x10000 });
    expect(faults).toEqual([
      {
        what: 'a piece packed with lzma',
        fault: expect.stringMatching(/^says that \d+ bytes grow to 1048580 and was left out$/),
      },
    ]);
    expect(roms).toHaveLength(4);
    expect(unpackedBytes).toBeLessThan(1 << 20);
  });

  test('all together may not grow too much either', () => {
    const many = made.bytes(bomb, bomb, bomb, bomb);
    expect(search(many, { unpackedBytes: 3 << 20 })).toMatchObject({ stopped: 'it grows to more than 3145728 bytes' });
    expect(search(many).stopped).toBeUndefined();
  });

  test('depth, number and time end', () => {
    let deep = made.section(0x19, plain);
    for (let level = 0; level < 20; level += 1) deep = made.efiSection(deep);
    const image = made.volume([made.file('11111111-0000-0000-0000-000000000009', 0x02, deep)]);
    expect(search(image).roms).toHaveLength(1);
    expect(search(image, { depth: 12 })).toMatchObject({ roms: [], faults: [{ what: 'a part' }] });
    expect(search(BIOS, { items: 3 }).stopped).toBe('it has more than 3 parts');
    const asked: true[] = [];
    expect(search(BIOS, {}, () => asked.push(true) > 4).stopped).toBe('it took too long');
  });
});
