// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PciDevice } from '../core/facts/pci-facts.ts';
import type { Bdf } from '../core/pci/address.ts';
import { ok, problem, type Result } from '../core/problem.ts';
import { type RomInfo, romInfo } from '../core/rom/rom-info.ts';
import type { Context } from './context.ts';
import { dumpFromAcpi } from './rom-dump-acpi.ts';
import { dumpFromNouveau, dumpFromVfct } from './rom-dump-files.ts';
import { dumpFromSysfs } from './rom-dump-sysfs.ts';
import { readPciDevice } from './sense/read-pci-device.ts';

/** Where a ROM can be read: the device itself, the driver nouveau, the ACPI table VFCT, the ACPI method `_ROM`. */
export const ROM_SOURCES = ['sysfs', 'nouveau', 'vfct', 'acpi'] as const;

export type RomSource = (typeof ROM_SOURCES)[number];

/** A ROM as it was read, and what has to be known of how it was read. */
export interface ReadRom {
  readonly content: Uint8Array;
  readonly remarks: readonly string[];
}

/** A dump of a device's ROM. */
export interface RomDump extends ReadRom {
  readonly device: PciDevice;
  readonly source: RomSource;
  readonly info: RomInfo;
}

/** What of a device is wanted. */
export interface RomDumpRequest {
  readonly bdf: Bdf;
  readonly source: RomSource;
  /** Go on while a guest has the device. */
  readonly force?: boolean;
}

/** How each source is read. */
const READERS: {
  readonly [S in RomSource]: (context: Context, device: PciDevice, force: boolean) => Promise<Result<ReadRom>>;
} = {
  sysfs: dumpFromSysfs,
  nouveau: dumpFromNouveau,
  vfct: dumpFromVfct,
  acpi: dumpFromAcpi,
};

/** Reads the ROM of a device. What was switched for it is as before when this answers, whatever the answer is. */
export async function dumpRom(context: Context, { bdf, source, force = false }: RomDumpRequest): Promise<Result<RomDump>> {
  const device = await deviceOf(context, bdf);
  if (!device.ok) return device;
  const read = await READERS[source](context, device.value, force);
  if (!read.ok) return read;
  const { content, remarks } = read.value;
  return ok({ device: device.value, source, content, remarks, info: romInfo(content, device.value) });
}

/** The ids of a device on a machine; fails where there is none. */
export async function deviceOf({ host }: Pick<Context, 'host'>, bdf: Bdf): Promise<Result<PciDevice>> {
  const device = await readPciDevice(host, bdf, { withOverride: false, withConfig: false });
  if (device.state === 'known') return ok(device.value);
  if (device.state === 'absent')
    return problem('gpu.none', `There is no device at ${bdf}.`, { hint: 'pveigpu status lists GPUs.' });
  return problem('host.read', `${bdf} cannot be looked at: ${device.reason}.`);
}
