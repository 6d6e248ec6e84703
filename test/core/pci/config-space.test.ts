// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hasExtendedCapability, SRIOV_CAPABILITY } from '../../../src/core/pci/config-space.ts';

const YES = { state: 'known', value: true };
const NO = { state: 'known', value: false };

/** Config space with extended capabilities, each `[offset, id, next]`. */
function config(capabilities: readonly (readonly [number, number, number])[], length = 4096, express = true): Uint8Array {
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, 0x8086, true);
  view.setUint16(2, 0xa7a8, true);
  if (express && length >= 0x80) {
    view.setUint16(6, 0x0010, true);
    view.setUint8(0x34, 0x40);
    view.setUint16(0x40, 0x7009, true);
    view.setUint16(0x70, 0x0010, true);
  }
  for (const [at, id, next] of capabilities) view.setUint32(at, id | (1 << 16) | (next << 20), true);
  return bytes;
}

describe('hasExtendedCapability', () => {
  test('finds SR-IOV at 0x320 as on Raptor Lake-P', () => {
    const chain = [
      [0x100, 0x1b, 0x200],
      [0x200, 0x0f, 0x300],
      [0x300, 0x13, 0x320],
      [0x320, 0x10, 0],
    ] as const;
    expect(hasExtendedCapability(config(chain), SRIOV_CAPABILITY)).toEqual(YES);
    expect(hasExtendedCapability(config(chain.slice(0, 3)), SRIOV_CAPABILITY)).toEqual(NO);
    expect(hasExtendedCapability(config([]), SRIOV_CAPABILITY)).toEqual(NO);
  });

  test('64 bytes, as without root, tell nothing', () => {
    expect(hasExtendedCapability(config([], 64), SRIOV_CAPABILITY)).toEqual({
      state: 'unknown',
      reason: 'only 64 bytes of config space could be read, which is what the kernel gives without root',
    });
    expect(hasExtendedCapability(new Uint8Array(), SRIOV_CAPABILITY).state).toBe('unknown');
  });

  test('256 bytes mean no for a conventional function and unknown for PCI Express', () => {
    expect(hasExtendedCapability(config([], 256, false), SRIOV_CAPABILITY)).toEqual(NO);
    expect(hasExtendedCapability(config([], 256, true), SRIOV_CAPABILITY).state).toBe('unknown');
    expect(hasExtendedCapability(config([[0x100, 0x1b, 0x320]], 0x200), SRIOV_CAPABILITY).state).toBe('unknown');
  });

  test('a chain that runs in a circle is unknown, one that leaves the space ends', () => {
    const circle = [
      [0x100, 0x1b, 0x200],
      [0x200, 0x0f, 0x100],
    ] as const;
    expect(hasExtendedCapability(config(circle), SRIOV_CAPABILITY)).toEqual({
      state: 'unknown',
      reason: 'the chain of extended capabilities runs in a circle',
    });
    expect(hasExtendedCapability(config([[0x100, 0x1b, 0x40]]), SRIOV_CAPABILITY)).toEqual(NO);
    expect(hasExtendedCapability(config([[0x100, 0x1b, 0xffc]]), SRIOV_CAPABILITY)).toEqual(NO);
  });

  test('a device that does not answer is unknown', () => {
    expect(hasExtendedCapability(new Uint8Array(4096).fill(0xff), SRIOV_CAPABILITY).state).toBe('unknown');
  });

  test('answers for any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 4096, size: 'max' }), (bytes) => {
        expect(['known', 'unknown']).toContain(hasExtendedCapability(bytes, SRIOV_CAPABILITY).state);
      }),
      { numRuns: 100 },
    );
  });
});
