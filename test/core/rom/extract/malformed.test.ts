// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { zlibInflaters } from '../../../../src/adapters/inflate-zlib.ts';
import { FIRMWARE_LIMITS } from '../../../../src/core/rom/extract/firmware-walk.ts';
import { searchFirmware } from '../../../../src/core/rom/extract/search-firmware.ts';
import { walkFirmware } from '../../../../src/core/rom/extract/walk-firmware.ts';
import * as made from './firmware-image.ts';
import { newWalk } from './walk-lines.ts';

const LIMITS = { ...FIRMWARE_LIMITS, items: 2000, pieceBytes: 1 << 20, unpackedBytes: 4 << 20, smallBytes: 1 << 20 };
const rom = made.optionRom(0x8086, 0x5a85, 0x200);
const id = (number: number) => `00000000-0000-0000-0000-00000000000${number}`;
/** Small, with every part of the format. */
const IMAGE = made.capsule(
  made.bytes(
    made.volume([
      made.file(
        id(1),
        0x02,
        made.lzmaSection(made.section(0x17, made.volume([made.file(id(2), 0x01, rom)])), made.nameSection('x')),
      ),
      made.file(id(3), 0x02, made.tianoSection(made.section(0x19, rom))),
      made.file(
        id(4),
        0x07,
        made.sections(made.efiSection(made.section(0x19, rom)), made.section(0x10, rom), made.nameSection('AnyGop')),
      ),
      made.file(id(5), 0x02, made.guided(made.LZMA_X86, made.lzmaOf(made.section(0x19, rom)))),
      made.file(id(6), 0x02, made.guided(made.CRC32, made.section(0x19, made.videoTable(0x60)), 2)),
    ]),
    made.dellUpdate(rom),
  ),
);

/** Searches and checks what holds for all bytes. */
function searched(image: Uint8Array) {
  const running = searchFirmware(image, { inflaters: zlibInflaters, isLate: () => false, limits: LIMITS });
  let steps = 0;
  for (;;) {
    const next = running.next();
    if (next.done !== true) {
      steps += 1;
      continue;
    }
    const { unpackedBytes, roms, faults } = next.value;
    if (unpackedBytes > LIMITS.unpackedBytes || steps > LIMITS.items * 2 || faults.length > 50)
      throw new Error('a limit is passed');
    for (const { bytes } of roms) if (bytes.length > LIMITS.pieceBytes) throw new Error('a ROM is too long');
    return next.value;
  }
}

test('the whole image has all of it', () => {
  const { roms, gops, vbts, volumes, faults } = searched(IMAGE);
  expect([roms.length, gops.length, vbts.length, volumes, faults]).toEqual([1, 1, 1, 2, []]);
});

describe('images that lie', () => {
  test('cut off at each byte', { timeout: 120_000 }, () => {
    for (let length = 0; length < IMAGE.length; length += 1) searched(IMAGE.slice(0, length));
  });

  test('each byte nothing, or all ones', { timeout: 120_000 }, () => {
    for (let at = 0; at < IMAGE.length; at += 1)
      for (const value of [0, 0xff]) {
        const image = IMAGE.slice();
        image[at] = value;
        searched(image);
      }
  });

  test('a volume that says it is endless, empty, or its header longer than itself', () => {
    for (const [at, value] of [
      [0x20, 2 ** 63],
      [0x20, 0],
      [0x30, 0],
      [0x30, 0xfffe],
      [0x34, 0xfff0],
    ] as const) {
      const image = made.volume([made.file(id(1), 0x01, rom)]);
      image.set(made.le(value, at === 0x20 ? 8 : 2), at);
      mend(image, [0], []);
      expect(searched(made.bytes(image, made.volume([]))).roms).toHaveLength(1);
    }
  });

  test('volumes that overlap are each read as far as their files go', () => {
    const inner = made.volume([made.file(id(2), 0x02, made.tianoSection(made.section(0x19, rom)))]);
    const outer = made.volume([made.file(id(1), 0x01, inner)]);
    outer.set(made.le(outer.length * 1000, 8), 0x20);
    mend(outer, [0], []);
    const { volumes, roms, faults } = searched(made.bytes(outer, inner));
    expect([volumes, roms.length]).toEqual([3, 1]);
    expect(faults[0]?.fault).toBe('says that it is longer than what holds it');
  });

  test.each([0, 1, 3, 0xfffffe])('a section that says a length of %i ends its file and nothing else', (length) => {
    const bad = made.section(0x19, made.bytes(Array(60).fill(3)));
    bad.set(made.le(length, 3), 0);
    const { roms, faults } = searched(
      made.volume([made.file(id(1), 0x02, bad), made.file(id(2), 0x02, made.tianoSection(made.section(0x19, rom)))]),
    );
    expect([roms.length, faults.length]).toEqual([1, 1]);
  });

  test('a file that says a length of nothing ends its volume and not the search', () => {
    const first = made.volume([made.file(id(1), 0x01, made.bytes('nothing'))]);
    first.set([0, 0, 0], 0x48 + 20);
    mend(first, [], [0x48]);
    const { roms, faults } = searched(
      made.bytes(first, made.volume([made.file(id(2), 0x02, made.tianoSection(made.section(0x19, rom)))])),
    );
    expect([roms.length, faults.length]).toEqual([1, 1]);
  });
});

/** `FUZZ=100000` for the whole; an ordinary run takes a sample. */
const RUNS = Number(process.env.FUZZ ?? 3000);

test(`${RUNS} damaged images give an answer, within the limits`, { timeout: 60_000 + RUNS * 10 }, () => {
  // checksums are made right again, else the damage would end at the first of them
  const [volumes, files]: [number[], number[]] = [[], []];
  for (const { kind, bytes } of walkFirmware(newWalk(), IMAGE))
    if (bytes.buffer === IMAGE.buffer && kind === 'volume') volumes.push(bytes.byteOffset);
    else if (bytes.buffer === IMAGE.buffer && kind === 'file') files.push(bytes.byteOffset);
  expect([volumes.length, files.length]).toEqual([1, 5]);
  let state = 0x2545f491;
  const random = (below: number) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
  let found = 0;
  for (let run = 0; run < RUNS; run += 1) {
    const image = IMAGE.slice(0, random(4) === 0 ? random(IMAGE.length) : IMAGE.length);
    for (let change = random(6); change >= 0; change -= 1) {
      const at = random(image.length || 1);
      if (random(3) === 0) image.copyWithin(at, random(image.length || 1), random(image.length || 1));
      else image[at] = [0, 0xff, 0x80, random(256)][random(4)] ?? 0;
    }
    mend(image, volumes, files);
    found += searched(image).roms.length;
  }
  expect(found).toBeGreaterThan(RUNS / 2);
});

/** Makes the checksums of headers right again. */
function mend(image: Uint8Array, volumes: readonly number[], files: readonly number[]): void {
  for (const at of volumes) {
    const length = Math.min((image[at + 0x30] ?? 0) + (image[at + 0x31] ?? 0) * 256, image.length - at);
    if (at + 0x34 > image.length) continue;
    image.set([0, 0], at + 0x32);
    let sum = 0;
    for (let index = 0; index < length; index += 2) sum += (image[at + index] ?? 0) + (image[at + index + 1] ?? 0) * 256;
    const right = (0x10000 - (sum % 0x10000)) % 0x10000;
    image.set([right % 256, right >> 8], at + 0x32);
  }
  for (const at of files) {
    if (at + 24 > image.length) continue;
    image[at + 16] = 0;
    let sum = 0;
    for (let index = 0; index < 24; index += 1) sum += index === 17 || index === 23 ? 0 : (image[at + index] ?? 0);
    image[at + 16] = (256 - (sum % 256)) % 256;
  }
}
