// SPDX-License-Identifier: AGPL-3.0-or-later
import { crc32 } from 'node:zlib';
import { zlibInflaters } from '../../../../src/adapters/inflate-zlib.ts';
import { FIRMWARE_LIMITS, type FirmwareLimits, type FirmwareWalk } from '../../../../src/core/rom/extract/firmware-walk.ts';
import { walkFirmware } from '../../../../src/core/rom/extract/walk-firmware.ts';

/** A search as the product makes one, without a time limit. */
export function newWalk(limits: Partial<FirmwareLimits> = {}): FirmwareWalk {
  return {
    limits: { ...FIRMWARE_LIMITS, ...limits },
    inflaters: zlibInflaters,
    isLate: () => false,
    faults: [],
    items: 0,
    unpackedBytes: 0,
  };
}

/** Volumes, files and sections in their order as UEFIExtract's report has them: kind, size, CRC-32 and GUID. */
export function walkLines(bytes: Uint8Array, walk = newWalk()): readonly string[] {
  const lines: string[] = [];
  for (const item of walkFirmware(walk, bytes)) {
    if (item.kind !== 'volume' && item.kind !== 'file' && item.kind !== 'section') continue;
    const isPad = item.kind === 'file' && item.type === 0xf0;
    lines.push(`${item.kind} ${hex(item.bytes.length)} ${hex(crc32(item.bytes))} ${isPad ? '' : (item.guid ?? '')}`.trimEnd());
  }
  return lines;
}

/** The same of a report that UEFIExtract wrote. */
export function reportLines(report: string): readonly string[] {
  return report.split('\n').flatMap((line) => {
    const [kind = '', , , size = '', crc = '', name = ''] = line.split('|').map((cell) => cell.trim());
    if (!['Volume', 'File', 'Section'].includes(kind)) return [];
    const guid = /[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}/.exec(name)?.[0] ?? '';
    return [`${kind.toLowerCase()} ${size} ${crc} ${guid}`.trimEnd()];
  });
}

function hex(value: number): string {
  return value.toString(16).toUpperCase().padStart(8, '0');
}
