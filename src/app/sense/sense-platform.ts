// SPDX-License-Identifier: AGPL-3.0-or-later
import type { PlatformFacts } from '../../core/facts/platform-facts.ts';
import { known, type Reading, type Section } from '../../core/facts/section.ts';
import { CPUINFO_BYTES, parseFirstProcessor } from '../../core/platform/cpuinfo.ts';
import { parseMeVersion } from '../../core/platform/me-version.ts';
import { parseSecureBoot, SECURE_BOOT_VARIABLE } from '../../core/platform/secure-boot.ts';
import { visible } from '../../core/text/visible.ts';
import type { Host, Read } from '../../ports/host.ts';
import { readAttribute, unreadable } from './attribute.ts';

const CPUINFO = '/proc/cpuinfo';
const ME_VERSION = '/sys/class/mei/mei0/fw_ver';
const IOMMUS = '/sys/class/iommu';
const TABLES = '/sys/firmware/acpi/tables';

/**
 * Processor, board, firmware and IOMMU. Serial numbers and UUIDs of DMI are not read. Unknown where it cannot be told whether an
 * IOMMU is there: what could not be read must not look like VT-d switched off.
 */
export async function sensePlatform(host: Host): Promise<Section<PlatformFacts>> {
  const dmi = (name: string) => readAttribute(host, `/sys/class/dmi/id/${name}`);
  const [cpuinfo, me, secureBoot, efi, iommus, tables, board, boardName, product, biosVersion, biosDate] = await Promise.all([
    host.read(CPUINFO, { maxBytes: CPUINFO_BYTES }),
    host.read(ME_VERSION),
    host.readBytes(SECURE_BOOT_VARIABLE),
    host.list('/sys/firmware/efi'),
    host.list(IOMMUS),
    host.list(TABLES),
    dmi('board_vendor'),
    dmi('board_name'),
    dmi('product_name'),
    dmi('bios_version'),
    dmi('bios_date'),
  ]);
  if (iommus.kind === 'unreadable') return unreadable(IOMMUS, iommus.errno);
  const units = iommus.kind === 'content' ? iommus.value : [];
  if (units.length === 0 && tables.kind === 'unreadable') return unreadable(TABLES, tables.errno);
  const processor = mapRead(CPUINFO, cpuinfo, parseFirstProcessor);
  const field = (name: 'model' | 'vendor' | 'microcode'): Reading<string> =>
    processor.state === 'known' ? orAbsent(processor.value[name]) : processor;
  return known({
    cpuModel: field('model'),
    cpuVendor: field('vendor'),
    hasVmx: processor.state === 'known' && processor.value.hasVmx,
    microcode: field('microcode'),
    boardVendor: board,
    boardName,
    productName: product,
    biosVersion,
    biosDate,
    meVersion: flatten(mapRead(ME_VERSION, me, (text) => orAbsent(parseMeVersion(text)))),
    efi: efi.kind !== 'absent',
    secureBoot: flatten(mapRead(SECURE_BOOT_VARIABLE, secureBoot, secureBootReading)),
    iommus: units,
    dmarTable: tables.kind === 'content' && tables.value.includes('DMAR'),
  });
}

function secureBootReading(bytes: Uint8Array): Reading<boolean> {
  const value = parseSecureBoot(bytes);
  if (value !== undefined) return known(value);
  return { state: 'unknown', reason: `${SECURE_BOOT_VARIABLE} has ${bytes.length} bytes instead of 5` };
}

function orAbsent(text: string | undefined): Reading<string> {
  return text === undefined ? { state: 'absent' } : known(visible(text));
}

function mapRead<A, B>(path: string, read: Read<A>, map: (value: A) => B): Reading<B> {
  if (read.kind === 'content') return known(map(read.value));
  return read.kind === 'absent' ? { state: 'absent' } : unreadable(path, read.errno);
}

function flatten<T>(reading: Reading<Reading<T>>): Reading<T> {
  return reading.state === 'known' ? reading.value : reading;
}
