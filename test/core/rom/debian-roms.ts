// SPDX-License-Identifier: AGPL-3.0-or-later
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { machineName } from '../../../src/core/rom/efi-header.ts';
import { romInfo } from '../../../src/core/rom/rom-info.ts';

/** Where Debian's packages seabios, ipxe-qemu and qemu-system-data put ROMs. */
const FOLDERS = { seabios: '/usr/share/seabios', 'ipxe-qemu': '/usr/lib/ipxe/qemu', 'qemu-system-data': '/usr/share/qemu' };

/** A file of one of them. */
export interface DebianRom {
  readonly name: string;
  readonly package: string;
  readonly bytes: Uint8Array;
}

/** All files that are ROMs by name; links into other packages count once. */
export function debianRoms(): readonly DebianRom[] {
  return Object.entries(FOLDERS).flatMap(([name, folder]) =>
    (existsSync(folder) ? readdirSync(folder) : [])
      .filter((file) => /\.(rom|bin)$/.test(file))
      .map((file) => ({ name: file, package: name, bytes: new Uint8Array(readFileSync(join(folder, file))) })),
  );
}

/** Which of the packages are not here. */
export function absentPackages(): readonly string[] {
  return Object.entries(FOLDERS).flatMap(([name, folder]) =>
    existsSync(folder) && readdirSync(folder).some((file) => /\.(rom|bin)$/.test(file)) ? [] : [name],
  );
}

/** One line of what `rom info` says, as docs/rom.md has it. */
export function saidOf(bytes: Uint8Array): string {
  const { images, findings } = romInfo(bytes);
  const shown = images.map(({ vendor, device, codeType, efi, checksumOk }) => {
    const kind = efi === undefined ? (codeType === 0 ? 'legacy' : `type ${codeType}`) : `EFI ${machineName(efi.machine)}`;
    return `${kind} ${vendor}:${device}${checksumOk === undefined ? '' : checksumOk ? ', checksum right' : ', checksum wrong'}`;
  });
  return [...shown, ...findings.map(({ id }) => `\`${id}\``)].join('; ');
}
