// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, test } from 'vitest';
import { padTables } from '../../../src/core/acpi/pad-tables.ts';
import { batteryTable, romTables } from '../../../src/core/acpi/rom-tables.ts';
import { bufferIn, disassemble, evaluate, hasAcpica } from '../../support/acpica.ts';
import { probes, romAnswer, testDsdt, testRom } from './rom-cases.ts';

const KIB = 1024;
const PORT = { bus: '\\_SB.PCI0.SE0', device: 'S00', address: 0 };
const SLOT = { bus: '\\_SB.PCI0', device: 'S80', address: 0x100000 };

const sizes = [1, 511, 4096, 61_440, 61_441, 64 * KIB, 104_448, 128 * KIB, 192 * KIB, 256 * KIB, 512 * KIB, 1024 * KIB];

function tablesFor(size: number, makeNode = false, node = PORT) {
  const tables = romTables({ index: 0, node, rom: testRom(size), makeNode });
  const pads = padTables(tables.reduce((sum, { bytes }) => sum + bytes.length, 0));
  if (!pads.ok) throw new Error(pads.problem.message);
  return [...tables, ...pads.value];
}

describe.skipIf(!hasAcpica)('read by ACPICA', () => {
  test.each([104_448, 1024 * KIB])('iasl disassembles every table of a ROM of %i bytes', { timeout: 120_000 }, (size) => {
    const tables = [
      ...tablesFor(size),
      ...tablesFor(size, true)
        .slice(0, 1)
        .map((one) => ({ ...one, name: 'made.aml' })),
      batteryTable(),
    ];
    for (const { said, source } of disassemble(tables)) {
      expect(said).toMatch(/^0 /);
      expect(said).toContain('Disassembly completed');
      expect(said).not.toMatch(/error|exception|AE_/i);
      expect(source).toContain('DefinitionBlock ("", "SSDT", 2, "PVEGPU"');
    }
  });

  test.each(sizes)('every probed byte of a ROM of %i bytes', { timeout: 240_000 }, (size) => {
    const rom = testRom(size);
    const cases = probes(size, 24).filter(([offset]) => offset >= 0);
    expect(cases.length).toBeGreaterThan(14);
    const calls = cases.map(([offset, length]) => `\\_SB.PCI0.SE0.S00._ROM 0x${offset.toString(16)} 0x${length.toString(16)}`);
    const answers = evaluate([testDsdt(true), ...tablesFor(size)], calls);
    for (const [at, [offset, length]] of cases.entries()) {
      const wanted = romAnswer(rom, offset, length);
      // acpiexec prints an empty buffer without bytes.
      if (wanted.length === 0) expect(answers[at]).toMatch(/\[Buffer\] Length 0+ /);
      else expect(bufferIn(answers[at] ?? ''), `${offset} ${length}`).toEqual(wanted);
    }
  });

  test.each([
    ['below a root port, described by QEMU', true, true, PORT],
    ['below a root port, not described', true, false, PORT],
    ['on the first bus', false, false, SLOT],
    ['on the first bus, described, in the form that makes it', true, false, SLOT],
  ])('at its node %s', (_what, makeNode, withNode, node) => {
    const rom = testRom(104_448);
    const path = `${node.bus}.${node.device}`;
    const [answer = '', address = ''] = evaluate(
      [testDsdt(withNode), ...tablesFor(rom.length, makeNode, node)],
      [`${path}._ROM 0x1800 0x1000`, `${path}._ADR`],
    );
    expect(bufferIn(answer)).toEqual(romAnswer(rom, 0x1800, 0x1000));
    expect(address).toContain(`[Integer] = ${node.address.toString(16).toUpperCase().padStart(16, '0')}`);
  });

  test('without a node the plain form leaves the rest as it is', () => {
    const said = evaluate([testDsdt(false), ...tablesFor(4096)], ['\\_SB.PCI0.SE0._ADR', '\\_SB.PCI0.SE0.S00._ROM 0x0 0x10']);
    expect(said[0]).toContain('[Integer] = 00000000001C0000');
    expect(said[1]).toContain('AE_NOT_FOUND');
  });

  test('the battery is in, full and rechargeable', () => {
    const [status, information, state] = evaluate(
      [testDsdt(true), batteryTable()],
      ['\\_SB.PBAT._STA', '\\_SB.PBAT._BIF', '\\_SB.PBAT._BST'],
    );
    expect(status).toContain('[Integer] = 000000000000001F');
    expect(information).toContain('Contains 13 Elements');
    expect([...(information ?? '').matchAll(/\[Integer\] = 0*([0-9A-F]+)/g)][3]?.[1]).toBe('1');
    expect(state).toContain('Contains 4 Elements');
  });
});
