// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseOptionRom } from '../../../src/core/rom/option-rom.ts';
import { makeRom } from '../../support/option-rom.ts';

describe('an option ROM', () => {
  test('of a legacy and an EFI image is read image by image', () => {
    expect(parseOptionRom(makeRom({ device: 0x0406 }, { codeType: 3, blocks: 3, device: 0xa780 }))).toMatchObject({
      sizeBytes: 5 * 512,
      endOffset: 5 * 512,
      images: [
        { offset: 0, lengthBytes: 1024, codeType: 0, vendor: '8086', device: '0406', class: '030000', checksumOk: true },
        { offset: 1024, lengthBytes: 1536, codeType: 3, vendor: '8086', device: 'a780', class: '030000' },
      ],
      faults: [],
    });
  });

  test('with a wrong checksum says so, for legacy images alone', () => {
    expect(parseOptionRom(makeRom({ checksumError: 1 })).images[0]?.checksumOk).toBe(false);
    expect(parseOptionRom(makeRom({ codeType: 3, checksumError: 1 })).images[0]).not.toHaveProperty('checksumOk');
  });

  test('is walked by length: a signature inside an image is none', () => {
    const rom = makeRom({ blocks: 4 }, { codeType: 3 });
    rom.set(makeRom({ device: 0x1111, blocks: 1 }), 512);
    expect(parseOptionRom(rom).images.map(({ offset }) => offset)).toEqual([0, 2048]);
  });

  test('only bit 7 of the indicator means last', () => {
    const rom = makeRom({ isLast: false }, { codeType: 3 });
    rom[0x55] = 0x01;
    rom[6] = (rom[6] ?? 0) - 1;
    expect(parseOptionRom(rom)).toMatchObject({ images: [{ checksumOk: true }, {}], faults: [] });
  });

  test.each<[string, Uint8Array, string, number]>([
    ['no bytes', new Uint8Array(), 'empty', 0],
    ['only ones', new Uint8Array(1024).fill(0xff), 'empty', 0],
    ['only zeros', new Uint8Array(1024), 'empty', 0],
    ['something else', new TextEncoder().encode('<html>404</html>'), 'no-signature', 0],
    ['a signature and nothing more', Uint8Array.of(0x55, 0xaa), 'truncated-header', 0],
    ['a pointer past the end', Uint8Array.from(makeRom({}), (byte, at) => (at === 0x19 ? 0xff : byte)), 'pci-data-outside', 0],
    ['a pointer into the header', Uint8Array.from(makeRom({}), (byte, at) => (at === 0x18 ? 4 : byte)), 'no-pci-data', 0],
    ['a structure that straddles the end', makeRom({}).slice(0, 0x50), 'pci-data-outside', 0],
    ['a file that was cut off', makeRom({ blocks: 8 }).slice(0, 2048), 'truncated', 1],
    ['a length beyond the file', makeRom({ saysBlocks: 900 }), 'truncated', 1],
    ['no last image', makeRom({ isLast: false }), 'no-last-flag', 1],
    ['an EFI image without length', makeRom({ codeType: 3, saysBlocks: 0 }), 'no-length', 1],
    [
      "a flash tool's header in front",
      Uint8Array.from([...new TextEncoder().encode('NVGI'), ...new Uint8Array(508), ...makeRom({})]),
      'header-in-front',
      1,
    ],
  ])('%s', (_, bytes, fault, images) => {
    const rom = parseOptionRom(bytes);
    expect(rom.faults).toEqual([fault]);
    expect(rom.images).toHaveLength(images);
  });

  test('a legacy image without a length has that of its header', () => {
    expect(parseOptionRom(makeRom({ saysBlocks: 0 }))).toMatchObject({ images: [{ lengthBytes: 1024 }], faults: [] });
  });

  test('whatever the bytes are, there is an answer that lies within them', () => {
    const spoiled = fc
      .tuple(
        fc.constantFrom(makeRom({}), makeRom({}, { codeType: 3 }, { blocks: 1 })),
        fc.array(fc.tuple(fc.nat(4096), fc.nat(255)), { maxLength: 12 }),
        fc.nat(4096),
      )
      .map(([rom, changes, end]) => {
        const bytes = rom.slice(0, end);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        return bytes;
      });
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 2048 }), spoiled), (bytes) => {
        const { images, faults, endOffset } = parseOptionRom(bytes);
        for (const { offset, lengthBytes } of images) expect(offset + lengthBytes).toBeLessThanOrEqual(endOffset);
        expect(endOffset).toBeLessThanOrEqual(bytes.length);
        expect(faults.length + images.length).toBeGreaterThan(0);
      }),
      { numRuns: 500 },
    );
  });
});
