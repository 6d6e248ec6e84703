// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isBadSum, padTables } from '../../../src/core/acpi/pad-tables.ts';
import { batteryTable, romTables } from '../../../src/core/acpi/rom-tables.ts';
import { MAX_TABLE_BYTES } from '../../../src/core/acpi/ssdt.ts';
import { testRom } from './rom-cases.ts';

const KIB = 1024;
const NODE = { bus: '\\_SB.PCI0.SE0', device: 'S00', address: 0 };
const tablesOf = (size: number) => romTables({ index: 0, node: NODE, rom: testRom(size), makeNode: false });
const sumOf = (tables: readonly { readonly bytes: Uint8Array }[]) => tables.reduce((sum, { bytes }) => sum + bytes.length, 0);
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function expectTable(bytes: Uint8Array): void {
  expect(new TextDecoder().decode(bytes.subarray(0, 4))).toBe('SSDT');
  expect(new DataView(bytes.buffer, bytes.byteOffset).getUint32(4, true)).toBe(bytes.length);
  expect(bytes.reduce((sum, byte) => (sum + byte) & 0xff, 0)).toBe(0);
  expect(bytes.length).toBeLessThanOrEqual(MAX_TABLE_BYTES);
}

describe('the tables of a ROM', () => {
  test('each is a table that QEMU takes, and together they hold the ROM', () => {
    for (const size of [1, 4096, 61_440, 61_441, 104_448, 1024 * KIB]) {
      const [method, ...data] = tablesOf(size);
      for (const { bytes } of [method, ...data, batteryTable()].flatMap((one) => one ?? [])) expectTable(bytes);
      expect(data).toHaveLength(Math.ceil(size / 61_440));
      const held = data.map(({ bytes }, at) => bytes.subarray(bytes.length - Math.min(61_440, size - at * 61_440)));
      expect(hash(Buffer.concat(held))).toBe(hash(testRom(size)));
    }
  });

  test('of one ROM byte for byte as ACPICA has read them', () => {
    expect(tablesOf(104_448).map(({ name, bytes }) => [name, bytes.length, hash(bytes).slice(0, 16)])).toMatchInlineSnapshot(`
      [
        [
          "hostpci0-rom.aml",
          209,
          "ea9a3f9504ca7e7e",
        ],
        [
          "hostpci0-00.aml",
          61494,
          "45e6990b5c10e4c6",
        ],
        [
          "hostpci0-01.aml",
          43062,
          "9b68aaf6286f1851",
        ],
      ]
    `);
  });

  test('of two devices have no name in common', () => {
    const names = (index: number) => romTables({ index, node: NODE, rom: testRom(200_000), makeNode: false });
    const ids = [...names(0), ...names(15), ...names(10)].map(({ bytes }) => new TextDecoder().decode(bytes.subarray(16, 24)));
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('the sum of all tables', () => {
  // Sizes of one ROM whose guest came up without ACPI before (SeaBIOS 1.16 and 1.17, OVMF 2026.08), and of common ones.
  test.each([
    [64 * KIB, 131_072, 1],
    [104_448, 131_072, 1],
    [128 * KIB, undefined, 0],
    [192 * KIB, 262_144, 1],
    [256 * KIB, undefined, 0],
    [512 * KIB, undefined, 0],
  ])('of a ROM of %i bytes', (size, sum, pads) => {
    const tables = tablesOf(size);
    const padded = padTables(sumOf(tables));
    if (!padded.ok) throw new Error(padded.problem.message);
    expect(padded.value).toHaveLength(pads);
    const total = sumOf([...tables, ...padded.value]);
    if (sum === undefined) expect(total % 131_072).toBeLessThan(1500);
    else expect(total).toBe(sum);
  });

  test('is good with pads at every size, or said to be too much', () => {
    const check = (sum: number) => {
      const pads = padTables(sum);
      if (!pads.ok) {
        expect(sum).toBeGreaterThan(1.5 * 1024 * KIB - 131_072);
        return;
      }
      for (const { bytes } of pads.value) expectTable(bytes);
      const total = sum + sumOf(pads.value);
      expect(isBadSum(total), String(sum)).toBe(false);
      expect(total).toBeLessThanOrEqual(1.5 * 1024 * KIB);
      expect(isBadSum(sum)).toBe(pads.value.length > 0);
    };
    for (const edge of [
      0,
      1,
      32 * KIB,
      32 * KIB + 1,
      65_536,
      65_537,
      122_879,
      122_880,
      122_881,
      131_071,
      131_072,
      1_572_864,
      1_572_865,
    ])
      check(edge);
    fc.assert(fc.property(fc.nat(2 * 1024 * KIB), check));
  });

  test('of the largest ROM, and one beyond', () => {
    expect(padTables(sumOf(tablesOf(1500 * KIB))).ok).toBe(true);
    const { problem } = padTables(sumOf(tablesOf(1600 * KIB))) as never as { problem: { message: string } };
    expect(problem.message).toMatch(/^The ACPI tables of the guest would have \d+ bytes; QEMU takes 1572864 beside its own\.$/);
  });
});
