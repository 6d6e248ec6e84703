// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fixDialogue } from '../../../src/core/rom/fix-dialogue.ts';
import { fixObstacle, fixRom } from '../../../src/core/rom/fix-rom.ts';
import { bytesWanted, parseOptionRom } from '../../../src/core/rom/option-rom.ts';
import { romInfo } from '../../../src/core/rom/rom-info.ts';
import { romParserText } from '../../../src/core/rom/rom-parser-text.ts';
import { joined, makeRom, nucRom, type RomImage } from '../../support/option-rom.ts';

const ids = (bytes: Uint8Array) => romInfo(bytes).findings.map(({ id }) => id);
const offsets = (bytes: Uint8Array) => parseOptionRom(bytes).images.map(({ offset }) => offset);
const changed = (bytes: Uint8Array, ...bytesAt: readonly (readonly [at: number, value: number])[]) => {
  const copy = bytes.slice();
  for (const [at, value] of bytesAt) copy[at] = value;
  return copy;
};
const EFI: RomImage = { codeType: 3, blocks: 3 };
const nvgi = (version: number, ...words: readonly (readonly [at: number, value: number])[]) => {
  const front = new Uint8Array(0x400);
  front.set(new TextEncoder().encode('NVGI'));
  front[5] = version;
  const view = new DataView(front.buffer);
  for (const [at, value] of words) view.setUint32(at, value, true);
  return front;
};

describe('what is wrong with a ROM is said', () => {
  test.each<[string, Uint8Array, readonly string[]]>([
    ['no bytes', new Uint8Array(), ['empty']],
    ['one byte', Uint8Array.of(0x55), ['no-signature']],
    ['a signature alone', Uint8Array.of(0x55, 0xaa), ['truncated-header']],
    ['a header alone', makeRom({}).slice(0, 0x1a), ['pci-data-outside']],
    ['no pointer, as ISA ROMs', changed(makeRom({}), [0x18, 0], [0x19, 0]), ['no-pci-data']],
    ['a pointer to something else', changed(makeRom({}), [0x18, 0x44]), ['no-pci-data']],
    ['a pointer 64 KiB away', changed(makeRom({}), [0x18, 0xff], [0x19, 0xff]), ['pci-data-outside']],
    ['a structure that straddles the end', makeRom({}).slice(0, 0x57), ['pci-data-outside']],
    ['no last image', makeRom({ isLast: false }), ['no-last-flag']],
    ['no length and no size', makeRom({ codeType: 3, saysBlocks: 0 }), ['no-length', 'efi-size']],
    ['a length beyond the file', makeRom({ saysBlocks: 0x200 }), ['truncated']],
    ['a sum that is wrong', makeRom({ checksumError: 3 }), ['bad-checksum']],
    ['another size in the header', makeRom({ initBlocks: 1 }), ['init-size']],
    ['a structure at an odd place', makeRom({ pciOffset: 0x42 }), ['pci-data-unaligned']],
    ['images for different devices', makeRom({}, { ...EFI, device: 1 }), ['other-ids']],
    ['an EFI image without its signature', makeRom({ ...EFI, efi: { signature: 0x0ef2 } }), ['efi-signature']],
    ['an EFI application', makeRom({ ...EFI, efi: { subsystem: 0x0a } }), ['efi-subsystem']],
    ['an EFI driver for ARM', makeRom({ ...EFI, efi: { machine: 0xaa64 } }), ['efi-machine']],
    ['an unknown compression', makeRom({ ...EFI, efi: { compression: 2 } }), ['efi-compression']],
    ['what cannot be unpacked', makeRom({ ...EFI, efi: { compression: 1 } }), ['efi-compression']],
    ['an EFI header of more than the image', makeRom({ ...EFI, efi: { initBlocks: 4 } }), ['efi-size']],
    ['a driver behind its image', makeRom({ ...EFI, efi: { peOffset: 0x600 } }), ['efi-size']],
    ['ones behind the end', joined([makeRom({}), new Uint8Array(512).fill(0xff)]), ['padding']],
    ['data behind the end', joined([makeRom({}), Uint8Array.of(0, 1)]), ['more-data']],
    ['junk in front, at an odd place', joined([new Uint8Array(0x300).fill(7), makeRom({})]), ['header-in-front']],
    ['the name of a VBT and no more', makeRom({ holds: [[0x100, '$VBT']] }), []],
  ])('%s', (_, bytes, findings) => {
    expect(ids(bytes)).toEqual(findings);
  });

  test('every length of a ROM that is cut off says so', () => {
    const whole = makeRom({ blocks: 3 }, EFI);
    for (let length = 2; length < whole.length; length += 1)
      expect(ids(whole.slice(0, length)).some((id) => /truncated|outside|no-last-flag/.test(id))).toBe(true);
  });

  test('bit 7 alone means last, and what lies within an image is no image', () => {
    const withOne = changed(makeRom({ blocks: 4, isLast: false }, EFI), [0x55, 0x01]);
    expect(offsets(withOne)).toEqual([0, 2048]);
    const nested = makeRom({ blocks: 4, holds: [[512, makeRom({ blocks: 1 })]] }, EFI);
    expect(offsets(nested)).toEqual([0, 2048]);
    const signature = makeRom({ blocks: 4, holds: [[512, Uint8Array.of(0x55, 0xaa)]] }, EFI);
    expect(offsets(signature)).toEqual([0, 2048]);
  });

  test('machines of every kind have a name, and others a number', () => {
    for (const [machine, name] of [
      [0x5064, 'RISC-V 64-bit'],
      [0x6264, 'LoongArch 64-bit'],
      [0x1234, '1234'],
    ] as const)
      expect(romInfo(makeRom({ ...EFI, efi: { machine } })).findings).toMatchObject([{ id: 'efi-machine', value: name }]);
  });

  test('more images than any ROM has are not walked for ever', () => {
    const many = joined(Array.from({ length: 400 }, () => makeRom({ blocks: 1, isLast: false })));
    const { images, faults } = parseOptionRom(many);
    expect([images.length, faults]).toEqual([128, ['too-many-images']]);
  });

  test('a device list without an end is cut', () => {
    const list = Array.from({ length: 700 }, (_, at) => at + 1);
    expect(parseOptionRom(makeRom({ blocks: 4, deviceList: list })).images[0]?.deviceList).toHaveLength(256);
    expect(parseOptionRom(makeRom({ deviceList: [0x0406, 0x0416] })).images[0]?.deviceList).toEqual(['0406', '0416']);
  });
});

describe('ROMs of NVIDIA', () => {
  const t0 = { vendor: 0x10de, pciOffset: 0x190 };
  const efi = { ...EFI, vendor: 0x10de, pciOffset: 0x1c };
  const more = { vendor: 0x10de, codeType: 0xe0, signature: [0x56, 0x4e], pciSignature: 'NPDS' } as const;
  const last = { ...more, codeType: 0x70, signature: [0x77, 0xbb], pciSignature: 'RGIS' } as const;

  test('private images behind the last one of the specification (Kepler, Turing)', () => {
    const rom = makeRom(
      { ...t0, npde: { blocks: 2 } },
      { ...efi, isLast: true, npde: { blocks: 3 } },
      { ...more, npde: { blocks: 2 } },
      { ...last, blocks: 4 },
    );
    const { images, endOffset, faults } = parseOptionRom(rom);
    expect(images.map(({ signature, pciSignature }) => [signature, pciSignature])).toEqual([
      ['55aa', 'PCIR'],
      ['55aa', 'PCIR'],
      ['VN', 'NPDS'],
      ['77bb', 'RGIS'],
    ]);
    expect([endOffset, faults]).toEqual([rom.length, []]);
    expect(ids(rom)).toEqual(['private-images']);
    expect(ids(rom.slice(0, 5 * 512))).toEqual(['private-images-cut']);
  });

  test('private images within the length of the first one (Maxwell, Pascal)', () => {
    const hidden = makeRom({ ...more, npde: { blocks: 2 } }, last);
    const first = makeRom({ ...t0, blocks: 6, isLast: false, npde: { blocks: 2 }, holds: [[1024, hidden]] });
    const rom = joined([first, makeRom({ ...efi, npde: { blocks: 3, isLast: true } })]);
    const { images, endOffset, faults } = parseOptionRom(rom);
    expect(images.map(({ offset, codeType }) => [offset, codeType])).toEqual([
      [0, 0],
      [1024, 0xe0],
      [2048, 0x70],
      [3072, 3],
    ]);
    expect([endOffset, faults, images[0]?.checksumOk]).toEqual([rom.length, [], true]);
  });

  test('one whose checksum is not kept', () => {
    expect(ids(makeRom({ ...t0, checksumError: 1, npde: { blocks: 2, isLast: true, flags: 4 } }))).toEqual(['checksum-not-kept']);
  });

  test.each([
    ['version 1', nvgi(1, [6, 0x20], [0x24, 0x400])],
    ['version 3', joined([nvgi(3, [8, 0x32c], [0x32c, 0x200]), new Uint8Array(0x1200)])],
  ])('the header of flash tools, %s', (name, front) => {
    const isThree = name.endsWith('3');
    const whole = joined([front, makeRom(t0)]);
    if (isThree) {
      whole.set(new TextEncoder().encode('RFRD'), 0x1200);
      new DataView(whole.buffer).setUint32(0x1208, front.length, true);
    }
    const { container, images } = parseOptionRom(whole);
    expect(container).toEqual({ version: isThree ? 3 : 1, romOffset: front.length });
    expect(images.map(({ offset }) => offset)).toEqual([front.length]);
    expect(ids(whole)).toEqual(['header-in-front']);
  });

  test('a header of flash tools that leads nowhere', () => {
    expect(parseOptionRom(nvgi(3, [8, 0x32c]))).toMatchObject({
      container: { version: 3 },
      images: [],
      faults: ['header-in-front'],
    });
  });
});

describe('what makers put in', () => {
  test('the version of a GOP driver, as a field and in the name', () => {
    const utf16 = (text: string) => Uint8Array.from([...text].flatMap((one) => [one.charCodeAt(0), 0]));
    const fields = (at: number): RomImage => ({
      ...EFI,
      blocks: 4,
      holds: [
        [0x200, new Uint8Array(0x300)],
        [0x200, utf16('Intel(R) GOP Driver')],
        [0x288, utf16('1077')],
        [0x200 + at, utf16('17')],
      ],
    });
    for (const at of [0x98, 0x14c, 0x178]) expect(romInfo(makeRom(fields(at))).gopVersion).toBe('17.0.1077');
    const named = makeRom({ ...EFI, holds: [[0x100, utf16('Intel(r) GOP Driver [10.0.1030]')]] });
    expect(romInfo(named).gopVersion).toBe('10.0.1030');
    expect(romInfo(makeRom({ ...EFI, holds: [[0x100, utf16('Other GOP Driver [1.0.0]')]] })).gopVersion).toBeUndefined();
  });

  test('a VBT, and one that is cut', () => {
    const vbt = new Uint8Array(0x80);
    vbt.set(new TextEncoder().encode('$VBT SKYLAKE'));
    const view = new DataView(vbt.buffer);
    view.setUint16(0x14, 100, true);
    view.setUint16(0x18, 0x80, true);
    view.setUint32(0x1c, 0x30, true);
    vbt.set(new TextEncoder().encode('BIOS_DATA_BLOCK '), 0x30);
    view.setUint16(0x40, 228, true);
    view.setUint16(0x44, 0x50, true);
    const found = { offset: 0x102, name: 'SKYLAKE', version: 100, sizeBytes: 0x80, bdbVersion: 228, isWhole: true };
    expect(romInfo(makeRom({ holds: [[0x102, vbt]] })).vbt).toEqual(found);
    view.setUint16(0x44, 0x1000, true);
    expect(ids(makeRom({ holds: [[0x102, vbt]] }))).toEqual(['vbt-cut']);
  });

  test("AMD's marker", () => {
    const rom = makeRom({
      vendor: 0x1002,
      pciOffset: 0x100,
      holds: [
        [0x30, ' 761295520'],
        [0x48, Uint8Array.of(0x80, 0)],
        [0x84, 'ATOM'],
      ],
    });
    expect(romInfo(rom).atomBios).toEqual({ offset: 0, hasHeader: true });
    expect(romInfo(makeRom({})).atomBios).toBeUndefined();
  });
});

/** Inputs in all: 20 000 by default, as many as FUZZ says. */
const RUNS = Number(process.env.FUZZ ?? 20_000);

describe(`whatever the bytes are (${RUNS} inputs, FUZZ=N for more)`, () => {
  const nvidia = makeRom(
    { vendor: 0x10de, npde: { blocks: 2 } },
    { ...EFI, vendor: 0x10de, efi: { compression: 1 }, npde: { blocks: 3 } },
    { vendor: 0x10de, codeType: 0x70, signature: [0x56, 0x4e], pciSignature: 'NPDS' },
  );
  const whole = [
    makeRom({}),
    makeRom({ deviceList: [1, 2] }, EFI, { blocks: 1 }),
    nvidia,
    joined([nvgi(1, [6, 0x20], [0x24, 0x400]), nvidia]),
    makeRom({ ...EFI, efi: { compression: 1 } }),
    makeRom({
      holds: [
        [0x100, '$VBT'],
        [0x30, ' 761295520'],
      ],
    }),
  ];
  // Fields that lie: the numbers of the headers are hit more often than chance would.
  const places = fc.oneof(fc.nat(4096), fc.constantFrom(0, 2, 4, 0x0c, 0x16, 0x18, 0x19, 0x48, 0x4a, 0x50, 0x51, 0x54, 0x55));
  const spoiled = fc
    .tuple(fc.constantFrom(...whole), fc.array(fc.tuple(places, fc.nat(255)), { maxLength: 12 }), fc.nat(4096), fc.boolean())
    .map(([rom, changes, end, isCut]) => {
      const bytes = isCut ? rom.slice(0, end) : rom.slice();
      for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
      return bytes;
    });

  test('there is an answer, and it lies within them', () => {
    fc.assert(
      fc.property(
        fc.oneof({ weight: 1, arbitrary: fc.uint8Array({ maxLength: 1500 }) }, { weight: 4, arbitrary: spoiled }),
        (bytes) => {
          const before = bytes.slice();
          const info = romInfo(bytes, { vendor: '8086', device: '5a85' });
          if (info.endOffset > bytes.length) throw new Error('the end lies outside');
          for (const { offset, lengthBytes } of info.images)
            if (offset + lengthBytes > info.endOffset) throw new Error('an image lies outside');
          if (info.images.length + info.findings.length === 0) throw new Error('nothing is said');
          if (romParserText(bytes) === '') throw new Error('nothing is printed');
          if (bytesWanted(bytes) < 0) throw new Error('a negative length');
          const rom = parseOptionRom(bytes);
          if (fixObstacle(rom).ok) {
            const changes = rom.images.map(({ offset }) => ({ offset, vendor: '8086', device: '5a85' }));
            const fixed = fixRom(bytes, rom, changes, { mendsChecksum: true });
            if (!fixed.ok || fixed.value.content.length !== bytes.length) throw new Error('another length');
            const questions = fixDialogue(bytes, rom, rom.images);
            let step = questions.next('');
            for (let asked = 0; step.done !== true && asked < 1000; asked += 1) step = questions.next('n');
            if (step.done !== true) throw new Error('the questions do not end');
          }
          if (Buffer.compare(bytes, before) !== 0) throw new Error('the bytes were changed');
        },
      ),
      { numRuns: RUNS },
    );
  }, 1_800_000);
});

test('the ROM of the guide for the NUC6CAYH has what it needs: another id and a wrong sum', () => {
  expect(romInfo(nucRom(), { vendor: '8086', device: '5a85' }).findings.map(({ id }) => id)).toEqual([
    'bad-checksum',
    'other-device',
  ]);
});
