// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { guestNode } from '../../../src/core/acpi/guest-node.ts';
import { padTables } from '../../../src/core/acpi/pad-tables.ts';
import { nodePath } from '../../../src/core/acpi/rom-method.ts';
import { type AcpiTable, batteryTable, romTables } from '../../../src/core/acpi/rom-tables.ts';
import { whyNot } from '../build/debian-mirror.ts';
import { type AcpiGuest, type AcpiReport, bootWithTables } from '../machine/acpi-boot.ts';
import { layoutArguments, PC, type PveLayout, Q35, Q35_BARE, Q35_CONVENTIONAL } from '../product/pve-slots.ts';
import { FULL } from './with-machine.ts';

const KIB = 1024;
const CONFIGS = { pc: {}, q35: { machine: 'q35' } } as const;
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function entry(machine: AcpiGuest['machine'], isExpress = machine === 'q35'): string {
  return `0000:01:00.0${machine === 'q35' && isExpress ? ',pcie=1' : ''}`;
}

/** The tables of a ROM for hostpci0, without pads. */
function tablesOf(machine: AcpiGuest['machine'], romBytes: number): readonly AcpiTable[] {
  const node = guestNode({ ...CONFIGS[machine], hostpci0: entry(machine) }, 0);
  if (!node.ok) throw new Error(node.problem.message);
  const rom = Uint8Array.from({ length: romBytes }, (_, i) => (i * 7 + (i >> 8)) & 0xff);
  return [...romTables({ index: 0, node: node.value, rom, makeNode: false }), batteryTable()];
}

function withPads(tables: readonly AcpiTable[]): readonly AcpiTable[] {
  const pads = padTables(tables.reduce((sum, { bytes }) => sum + bytes.length, 0));
  if (!pads.ok) throw new Error(pads.problem.message);
  return [...tables, ...pads.value];
}

/** A table of somebody else that brings the sum to a size. */
function foreign(tables: readonly AcpiTable[], sumBytes: number): readonly AcpiTable[] {
  const [pad] = (padTables(64 * KIB) as { readonly value: readonly AcpiTable[] }).value;
  const missing = sumBytes - tables.reduce((sum, { bytes }) => sum + bytes.length, 0);
  if (pad === undefined || missing < 100 || missing > pad.bytes.length) throw new Error(`no table of ${missing} bytes`);
  const bytes = pad.bytes.slice(0, missing);
  const view = new DataView(bytes.buffer);
  // A package of this length, in the same form as that of the pad.
  const length = missing - 36 - 1 - 10 - 1;
  bytes.set([0x80 | (length & 0xf), (length >> 4) & 0xff, length >> 12], 36 + 12);
  view.setUint16(36 + 12 + 4, length - 6, true);
  view.setUint32(4, missing, true);
  bytes[9] = 0;
  bytes[9] = -bytes.reduce((sum, byte) => sum + byte, 0) & 0xff;
  return [{ name: 'foreign.aml', bytes }];
}

async function boot(
  machine: AcpiGuest['machine'],
  firmware: AcpiGuest['firmware'],
  tables: readonly AcpiTable[],
  layout?: PveLayout,
): Promise<AcpiReport> {
  const chosen = layout ?? (machine === 'q35' ? Q35 : PC);
  return await bootWithTables({ machine, firmware, tables, devices: layoutArguments(chosen) });
}

/** The kernel has every table as it was given, complains of none, and ACPI switched the machine off. */
function expectAlive(report: AcpiReport, tables: readonly AcpiTable[]): void {
  expect(report.said).toEqual([]);
  expect(report.isOff).toBe(true);
  expect(report.tables.map(({ name }) => name)).toContain('DSDT');
  for (const { name, bytes } of tables)
    expect(
      report.tables.map(({ sha256 }) => sha256),
      name,
    ).toContain(hash(bytes));
  expect(report.batteries).toEqual(['31']);
}

function expectNodes({ nodes }: AcpiReport, machine: AcpiGuest['machine'], { devices }: PveLayout, isExpress?: boolean): void {
  const padded = (path: string) => path.replaceAll(/[A-Z_][A-Z0-9_]*/g, (segment) => segment.padEnd(4, '_'));
  for (const { index, slots } of devices) {
    const node = guestNode({ ...CONFIGS[machine], [`hostpci${index}`]: entry(machine, isExpress) }, index);
    expect(node.ok && padded(nodePath(node.value)), `hostpci${index}`).toBe(nodes[slots]);
  }
}

describe.skipIf(whyNot() !== undefined)('ACPI tables in a guest', () => {
  // Of a Quadro M1200, whose tables lose all ACPI on q35 as PVE starts it (101 to 118 KiB with QEMU 7.2 to 11).
  const ROM_BYTES = 104_448;

  test.each([
    ['q35', 'seabios'],
    ['pc', 'seabios'],
    ['q35', 'ovmf'],
    ['pc', 'ovmf'],
  ] as const)(
    '%s with %s: ACPI is alive, and all sixteen devices are where the tables look for them',
    async (machine, firmware) => {
      const tables = withPads(tablesOf(machine, ROM_BYTES));
      const report = await boot(machine, firmware, tables);
      expectAlive(report, tables);
      expectNodes(report, machine, machine === 'q35' ? Q35 : PC);
    },
  );

  test('pads bring ACPI back to a guest that has none without them', async () => {
    const tables = tablesOf('q35', 110 * KIB);
    const without = await boot('q35', 'seabios', tables, Q35_BARE);
    expect(without.tables.map(({ name }) => name)).not.toContain('DSDT');
    expect(without.isOff).toBe(false);
    expectAlive(await boot('q35', 'seabios', withPads(tables), Q35_BARE), withPads(tables));
  });

  test.runIf(FULL)('q35 without pcie: the devices behind the bridges', async () => {
    const tables = withPads(tablesOf('q35', 4096)).filter(({ name }) => !name.endsWith('-rom.aml'));
    const report = await boot('q35', 'seabios', tables, Q35_CONVENTIONAL);
    expectAlive(report, tables);
    expectNodes(report, 'q35', Q35_CONVENTIONAL, false);
  });

  describe.runIf(FULL)('at sizes around the edges of what QEMU pads to', () => {
    const machines = (['q35', 'pc'] as const).flatMap((machine) =>
      (['seabios', 'ovmf'] as const).map((firmware) => [machine, firmware] as const),
    );
    test.each(
      machines.flatMap(([machine, firmware]) =>
        [30, 64, 96, 128, 160, 192, 256, 512, 1024, 1440].map((kib) => [machine, firmware, kib] as const),
      ),
    )('%s with %s and a ROM of %i KiB', async (machine, firmware, kib) => {
      const tables = withPads(tablesOf(machine, kib * KIB));
      expectAlive(await boot(machine, firmware, tables), tables);
    });

    test.each(machines.flatMap(([machine, firmware]) => [32, 160, 288].map((kib) => [machine, firmware, kib] as const)))(
      '%s with %s and a sum of %i KiB, the largest without pads',
      async (machine, firmware, kib) => {
        const own = tablesOf(machine, (kib - 16) * KIB);
        const tables = [...own, ...foreign(own, kib * KIB)];
        expect(withPads(tables)).toEqual(tables);
        expectAlive(await boot(machine, firmware, tables), tables);
      },
    );
  });
});
