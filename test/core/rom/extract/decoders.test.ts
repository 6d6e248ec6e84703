// SPDX-License-Identifier: AGPL-3.0-or-later
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { undoX86Filter } from '../../../../src/core/rom/extract/bcj-x86.ts';
import { decodeLzma } from '../../../../src/core/rom/extract/lzma.ts';
import { decodeTiano } from '../../../../src/core/rom/extract/tiano.ts';
import { compress, decompress } from '../../../support/lzma-packer.mjs';
import { lzmaOf } from './firmware-image.ts';
import { encodeTiano } from './tiano-encoder.ts';

const MOST = 1 << 24;
/** Real x86 code, as firmware is. */
const CODE = new Uint8Array(readFileSync(process.execPath)).slice(0x100000, 0x110000);
/** Bytes with repetitions near and far. */
const someBytes = fc
  .array(fc.oneof(fc.uint8Array({ maxLength: 40 }), fc.constant(CODE.slice(0, 300)), fc.constant(new Uint8Array(700))), {
    maxLength: 12,
  })
  .map((parts) => Uint8Array.from(parts.flatMap((part) => [...part])));

function xz(input: Uint8Array, ...options: readonly string[]): Uint8Array {
  const run = spawnSync('xz', [...options, '-c'], { input, maxBuffer: 1 << 26 });
  if (run.status !== 0) throw new Error(String(run.stderr));
  return new Uint8Array(run.stdout);
}

/** Another program writes no size; firmware has one. */
function withSize(stream: Uint8Array, size: number): Uint8Array {
  const copy = stream.slice();
  new DataView(copy.buffer).setBigUint64(5, BigInt(size), true);
  return copy;
}

/** Bytes one by one take a second here. */
function expectSame(is: Uint8Array | undefined, shall: Uint8Array): void {
  expect(is?.length).toBe(shall.length);
  expect(Buffer.compare(is ?? new Uint8Array(), shall)).toBe(0);
}

describe('LZMA', () => {
  test('what lzma1 packs comes back, at two levels', () => {
    for (const level of [1, 5] as const) expectSame(decodeLzma(new Uint8Array(compress(CODE, level)), MOST), CODE);
  });

  // xz ends its streams with a mark; with a size in the header that mark is behind the end
  test.each([
    ['lc=3,lp=0,pb=2'],
    ['lc=0,lp=0,pb=0'],
    ['lc=4,lp=0,pb=4'],
    ['lc=0,lp=4,pb=0'],
    ['lc=1,lp=3,pb=3'],
    ['lc=2,lp=2,pb=4'],
  ])('what xz packs with %s comes back', (properties) => {
    const packed = withSize(xz(CODE, '--format=lzma', `--lzma1=${properties}`), CODE.length);
    expectSame(decodeLzma(packed, MOST), CODE);
  });

  test('any bytes come back, and lzma1 agrees', () => {
    fc.assert(
      fc.property(someBytes, (data) => {
        const packed = lzmaOf(data);
        expectSame(decodeLzma(packed, MOST), data);
        if (data.length > 0) expectSame(decompress(packed), data);
      }),
      { numRuns: 60 },
    );
  });

  test('a stream that is cut off, or a header that cannot be, is none', () => {
    const data = CODE.slice(0, 3000);
    const packed = lzmaOf(data);
    // the last bytes of a stream only bring its end into range
    for (let length = 0; length < packed.length - 8; length += 1)
      expect(decodeLzma(packed.slice(0, length), MOST)).toBeUndefined();
    expect(
      decodeLzma(
        packed.map((byte, at) => (at === 0 ? 225 : byte)),
        MOST,
      ),
    ).toBeUndefined();
    expect(decodeLzma(withSize(packed, 2 ** 40), MOST)).toBeUndefined();
    expect(
      decodeLzma(
        packed.map((byte, at) => (at >= 1 && at < 5 ? 0xff : byte)),
        MOST,
      ),
    ).toBeUndefined();
    expect(decodeLzma(packed, data.length - 1)).toBeUndefined();
    expectSame(decodeLzma(packed, data.length), data);
  });
});

describe('EFI 1.1 and Tiano', () => {
  test.each([4, 5] as const)('any bytes come back with %i bits', (bits) => {
    expectSame(decodeTiano(encodeTiano(CODE, bits), MOST, bits), CODE);
    fc.assert(
      fc.property(someBytes, (data) => {
        expectSame(decodeTiano(encodeTiano(data, bits), MOST, bits), data);
      }),
      { numRuns: 60 },
    );
  });

  test('a stream that is cut off, or gives more than it may, is none', () => {
    const packed = encodeTiano(CODE.slice(0, 2000), 4);
    for (let length = 0; length < packed.length; length += 1)
      expect(decodeTiano(packed.slice(0, length), MOST, 4)).toBeUndefined();
    expect(decodeTiano(packed, 1999, 4)).toBeUndefined();
  });

  test('any bytes give an answer', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(5000), (noise, size) => {
        const stream = Uint8Array.from([...new Uint8Array(Uint32Array.of(noise.length, size).buffer), ...noise]);
        for (const bits of [4, 5] as const) expect([undefined, size]).toContain(decodeTiano(stream, MOST, bits)?.length);
      }),
      { numRuns: 3000 },
    );
  });
});

test('the x86 filter of xz is taken back', () => {
  // xz filters and packs; packed without the filter and read raw, the filtered bytes are left
  const filtered = xz(xz(CODE, '--format=raw', '--x86', '--lzma2'), '--format=raw', '--lzma2', '-d');
  expect(Buffer.compare(filtered, CODE)).not.toBe(0);
  undoX86Filter(filtered);
  expectSame(filtered, CODE);
});

test('the x86 filter of xz is taken back where calls stand close together', () => {
  const byte = fc.oneof(fc.constantFrom(0xe8, 0xe9, 0, 0xff), fc.integer({ min: 0, max: 255 }));
  const data = Uint8Array.from(fc.sample(fc.array(byte, { minLength: 300, maxLength: 300 }), 200).flat());
  const filtered = xz(xz(data, '--format=raw', '--x86', '--lzma2'), '--format=raw', '--lzma2', '-d');
  undoX86Filter(filtered);
  expectSame(filtered, data);
});
