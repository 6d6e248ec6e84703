// SPDX-License-Identifier: AGPL-3.0-or-later
import { compareSeries } from '../gpu/kernel-version.ts';

/** What decides how QEMU gets an integrated GPU. */
export interface IgdCase {
  /** What QEMU's `igd_gen()` answers; -1 means that it knows no generation (hw/vfio/igd.c). */
  readonly generation: number;
  /** `major.minor` of the QEMU that PVE starts. */
  readonly qemu: string;
  /** Whether the GPU is the primary display (class 0300), which legacy mode and OpRegion want. */
  readonly isVga: boolean;
  readonly hasRom: boolean;
}

/** How a guest gets the GPU, and what its configuration must be for that. Null where anything will do. */
export interface IgdSetting {
  readonly id: 'legacy' | 'uefi' | 'headless';
  /** What it gives, as a clause. */
  readonly gives: string;
  readonly machine: 'pc' | null;
  readonly bios: 'ovmf' | null;
  readonly noVga: boolean;
  /** PVE's `legacy-igd=1`: guest address 00:02.0, and nothing of PVE at 1f.0 (qemu-server PCI.pm print_pci_addr). */
  readonly legacyIgd: boolean;
  /** QEMU properties of the device, which `hostpciN` has no words for. */
  readonly properties: readonly (readonly [name: string, value: string])[];
}

interface Row extends Omit<IgdSetting, 'properties'> {
  readonly generations: readonly number[] | 'any';
  readonly rom: boolean | 'either';
  /** Whether only a primary display can have it. */
  readonly vgaOnly: boolean;
  readonly properties: readonly Property[];
}

interface Property {
  readonly name: string;
  readonly value: string;
  /** First QEMU that takes it. */
  readonly since?: string;
  /** First QEMU that does it without being told. */
  readonly until?: string;
  /** Whether QEMU refuses it for a GPU that is not the primary display. */
  readonly vgaOnly?: true;
}

/** Off by default until 10.1 (QEMU 10.1 hw/vfio/pci.c, docs/igd-assign.txt). */
const OPREGION: Property = { name: 'x-igd-opregion', value: 'on', until: '10.1', vgaOnly: true };

/**
 * First row that fits. Sources: QEMU 7.2 to 10.2 hw/vfio/igd.c (`igd_gen`, `vfio_probe_igd_config_quirk`) and
 * docs/igd-assign.txt, which says what VBIOS, GOP and drivers need.
 */
const ROWS: readonly Row[] = [
  {
    id: 'legacy',
    gives: "QEMU's legacy mode, with a picture from power-on when the ROM has one",
    generations: [6, 7, 8, 9],
    rom: 'either',
    vgaOnly: true,
    machine: 'pc',
    bios: null,
    noVga: true,
    legacyIgd: true,
    // In units of 32 MiB; QEMU before 10.0 tells the guest of no stolen memory at all without it.
    properties: [{ name: 'x-igd-gms', value: '2', until: '10.0' }],
  },
  {
    id: 'uefi',
    gives: "a picture from power-on by the ROM's UEFI driver",
    generations: 'any',
    rom: true,
    vgaOnly: true,
    machine: 'pc',
    bios: 'ovmf',
    noVga: true,
    legacyIgd: true,
    // The UEFI driver looks for the ids of the ISA bridge at 1f.0, which QEMU can only copy on i440fx.
    properties: [OPREGION, { name: 'x-igd-lpc', value: 'on', since: '10.0' }],
  },
  {
    id: 'headless',
    gives: "no picture before the guest's own driver runs",
    generations: 'any',
    rom: 'either',
    vgaOnly: false,
    machine: null,
    bios: null,
    noVga: false,
    legacyIgd: false,
    properties: [OPREGION],
  },
];

/** What an integrated GPU of this generation needs with this QEMU. */
export function igdSetting(igd: IgdCase): IgdSetting {
  const row = ROWS.find((one) => fits(one, igd)) ?? LAST;
  const properties = row.properties
    .filter((one) => isNeeded(one, igd))
    .map(({ name, value }): readonly [string, string] => [name, value]);
  const { id, gives, machine, bios, noVga, legacyIgd } = row;
  return { id, gives, machine, bios, noVga, legacyIgd, properties };
}

const LAST = ROWS.at(-1) as Row;

function fits(row: Row, igd: IgdCase): boolean {
  if (row.generations !== 'any' && !row.generations.includes(igd.generation)) return false;
  return (row.rom === 'either' || row.rom === igd.hasRom) && (!row.vgaOnly || igd.isVga);
}

function isNeeded({ since, until, vgaOnly }: Property, { qemu, isVga }: IgdCase): boolean {
  if (vgaOnly === true && !isVga) return false;
  if (since !== undefined && compareSeries(qemu, since) < 0) return false;
  return until === undefined || compareSeries(qemu, until) < 0;
}
