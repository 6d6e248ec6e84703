// SPDX-License-Identifier: AGPL-3.0-or-later
import { device, integer, named } from '../../../src/core/acpi/aml.ts';
import { ssdt } from '../../../src/core/acpi/ssdt.ts';

/** Bytes of which no two pages are alike. */
export function testRom(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, (_, i) => (i * 7 + (i >> 8) * 13 + (i >> 16) * 101) & 0xff);
}

/** What `_ROM` has to answer. */
export function romAnswer(rom: Uint8Array, offset: number, length: number): Uint8Array {
  const answer = new Uint8Array(Math.min(length, 4096));
  answer.set(rom.subarray(offset, offset + answer.length));
  return answer;
}

/** Offsets and lengths that matter: each page, both sides of each border between tables, the end, and beyond it. */
export function probes(romBytes: number, pages: number): readonly (readonly [offset: number, length: number])[] {
  const whole = Math.ceil(romBytes / 4096);
  const step = Math.max(1, Math.floor(whole / pages));
  const each = Array.from({ length: whole }, (_, page) => page).filter((page) => page % step === 0 || page >= whole - 2);
  const borders = Array.from({ length: Math.floor((romBytes - 1) / 61_440) }, (_, border) => (border + 1) * 61_440);
  return [
    ...each.map((page) => [page * 4096, 4096] as const),
    ...borders.flatMap(
      (at) =>
        [
          [at - 1, 2],
          [at - 4095, 4096],
          [at - 1, 4096],
          [at, 1],
          [at + 1, 4096],
          [at - 17, 300],
        ] as const,
    ),
    ...([
      [0, 0],
      [1, 1],
      [0, 42],
      [0, 4097],
      [0, 0xffffffff],
      [3, 4095],
      [255, 257],
    ] as const),
    ...([
      [romBytes - 1, 1],
      [romBytes - 1, 4096],
      [romBytes - 4095, 4096],
      [romBytes - 4097, 4096],
    ] as const),
    ...([
      [romBytes, 4096],
      [romBytes, 0],
      [romBytes + 1, 1],
      [0xffffffff, 4096],
      [0x80000000, 16],
    ] as const),
  ];
}

/** A DSDT with PVE's first root port, and below it the node of its device where asked. */
export function testDsdt(withNode: boolean): { readonly name: string; readonly bytes: Uint8Array } {
  const below = withNode ? [device('S00', named('_ADR', integer(0)))] : [];
  const ports = [device('SE0', named('_ADR', integer(0x1c0000)), ...below), device('S80', named('_ADR', integer(0x100000)))];
  const bytes = ssdt('DSDT', device('\\_SB.PCI0', named('_HID', integer(0x080ad041)), ...ports));
  bytes.set(new TextEncoder().encode('DSDT'));
  bytes[9] = 0;
  bytes[9] = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return { name: 'dsdt.aml', bytes };
}
