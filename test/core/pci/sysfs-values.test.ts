// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseMdevDescription } from '../../../src/core/pci/mdev-type.ts';
import { parseResource } from '../../../src/core/pci/resource.ts';
import {
  linkName,
  parseDriverOverride,
  parseHexAttribute,
  parseIntegerAttribute,
  virtfnIndex,
} from '../../../src/core/pci/sysfs-values.ts';
import { anyText } from '../../support/any-text.ts';

test('attributes of a PCI device', () => {
  expect(parseHexAttribute('0x8086\n', 4)).toBe('8086');
  expect(parseHexAttribute('46A6\n', 4)).toBe('46a6');
  expect(parseHexAttribute('0xc\n', 2)).toBe('0c');
  expect(parseHexAttribute('0x\n', 4)).toBeUndefined();
  expect(parseHexAttribute('', 4)).toBeUndefined();
  expect(parseIntegerAttribute('7\n')).toBe(7);
  expect(parseIntegerAttribute('-1\n')).toBe(-1);
  expect(parseIntegerAttribute('7 VFs')).toBeUndefined();
  expect(parseDriverOverride('(null)\n')).toBeNull();
  expect(parseDriverOverride('\n')).toBeNull();
  expect(parseDriverOverride('vfio-pci\n')).toBe('vfio-pci');
  expect(virtfnIndex('virtfn12')).toBe(12);
  expect(virtfnIndex('virtfn')).toBeUndefined();
  expect(virtfnIndex('xvirtfn1')).toBeUndefined();
  expect(linkName('../../../bus/pci/drivers/i915')).toBe('i915');
  expect(linkName('i915/')).toBe('i915');
});

describe('parseResource', () => {
  test('keeps the index, leaves unused windows out, reads above 2^53', () => {
    const text = [
      '0x0000000000000000 0x0000000000000000 0x0000000000000000',
      '0xffffffff00000000 0xffffffffffffffff 0x000000000014220c',
      'nonsense',
      '0x0000000000000000 0x000000000000ffff 0x0000000020040200',
    ].join('\n');
    expect(parseResource(text)).toEqual([
      { index: 1, start: '0xffffffff00000000', sizeBytes: 2 ** 32 },
      { index: 3, start: '0x0', sizeBytes: 2 ** 16 },
    ]);
  });

  test('a stale address of a window that was never assigned does not count', () => {
    expect(parseResource('0x0000000080000000 0x0000000080000fff 0x0000000020040200')).toEqual([
      { index: 0, start: '0x0', sizeBytes: 4096 },
    ]);
  });

  test('bridge windows after the VF BARs are not listed', () => {
    const window = '0x0000000000001000 0x0000000000001fff 0x0000000000000101';
    expect(parseResource(Array(17).fill(window).join('\n')).map((bar) => bar.index)).toEqual([...Array(13).keys()]);
  });

  test('any text has an answer with whole, positive sizes', () => {
    const hex = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }).map((value) => `0x${value.toString(16).padStart(16, '0')}`);
    const line = fc.oneof(
      fc.tuple(hex, hex, hex).map((three) => three.join(' ')),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
        for (const bar of parseResource(lines.join('\n'))) {
          expect(bar.sizeBytes).toBeGreaterThan(0);
          expect(bar.start).toMatch(/^0x(0|[1-9a-f][0-9a-f]*)$/);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('parseMdevDescription', () => {
  test('the four GVT-g types', () => {
    expect(parseMdevDescription('low_gm_size: 64MB\nhigh_gm_size: 384MB\nfence: 4\nresolution: 1024x768\nweight: 2\n')).toEqual({
      lowGmMiB: 64,
      highGmMiB: 384,
      fences: 4,
      resolution: '1024x768',
      weight: 2,
    });
  });

  test('leaves out what is missing or odd', () => {
    expect(parseMdevDescription('num_heads=4, frl_config=60')).toEqual({});
    expect(parseMdevDescription('low_gm_size: manyMB\nweight: -1\nresolution: \x1b[2J\n')).toEqual({ resolution: '\\x1b[2J' });
  });

  test('never throws', () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(typeof parseMdevDescription(text)).toBe('object');
      }),
      { numRuns: 200 },
    );
  });
});
