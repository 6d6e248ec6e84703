// SPDX-License-Identifier: AGPL-3.0-or-later
import { machineName, subsystemName } from '../core/rom/efi-header.ts';
import type { FixedField } from '../core/rom/fix-rom.ts';
import type { RomFinding, RomSeverity } from '../core/rom/rom-finding.ts';
import { EFI_CODE, LEGACY_CODE, type OptionRomImage } from '../core/rom/rom-image.ts';
import type { RomInfo } from '../core/rom/rom-info.ts';
import { visible } from '../core/text/visible.ts';
import type { Io } from './io.ts';
import { paint, type Tone } from './style.ts';
import { type Cell, table } from './table.ts';

/** A ROM for people: the file, its images, what Intel, AMD and NVIDIA put into it, and what is wrong with it. */
export function romText(io: Pick<Io, 'colour'>, name: string, info: RomInfo): string {
  return [
    `${paint(io, 'strong', visible(name))}  ${info.sizeBytes} bytes, sha256 ${info.sha256}\n`,
    ...(info.images.length === 0 ? [] : [table(io, HEADS, info.images.map(row))]),
    ...facts(info).map((line) => `${line}\n`),
    ...info.findings.map((finding) => findingLine(io, finding)),
  ].join('');
}

const HEADS = ['OFFSET', 'TYPE', 'DEVICE', 'CLASS', 'REVISION', 'BYTES', 'CHECKSUM', ''];

function row(image: OptionRomImage): readonly Cell[] {
  const { checksumOk } = image;
  return [
    hexadecimal(image.offset),
    typeName(image),
    `${image.vendor}:${image.device}`,
    image.class,
    `${image.pciRevision}/${image.vendorRevision.toString(16)}`,
    String(image.lengthBytes),
    checksumOk === undefined ? '-' : checksumOk ? { text: 'right', tone: 'good' } : { text: 'wrong', tone: 'bad' },
    more(image).join(', '),
  ];
}

/** Code types of the specification, and NVIDIA's own (open-gpu-kernel-modules pci_exp_table.h). */
const TYPES: { readonly [code: number]: string } = {
  [LEGACY_CODE]: 'legacy x86',
  1: 'Open Firmware',
  2: 'PA-RISC',
  [EFI_CODE]: 'EFI',
  112: 'NVIDIA, last',
  224: 'NVIDIA, more code',
};

function typeName({ codeType }: OptionRomImage): string {
  return TYPES[codeType] ?? `type ${codeType.toString(16)}`;
}

function more({ signature, efi, npde, device, deviceList, isLast }: OptionRomImage): readonly string[] {
  const others = deviceList.filter((id) => id !== device);
  return [
    ...(efi === undefined || !efi.signatureOk
      ? []
      : [
          subsystemName(efi.subsystem) ?? `subsystem ${efi.subsystem.toString(16)}`,
          machineName(efi.machine) ?? `machine ${efi.machine.toString(16)}`,
          ...(efi.compression === 0 ? [] : ['compressed']),
        ]),
    ...(signature === '55aa' ? [] : ['private']),
    ...(npde === undefined ? [] : [`NPDE ${npde.imageBytes} bytes`]),
    ...(others.length === 0
      ? []
      : [`also for ${others.slice(0, 8).join(' ')}${others.length > 8 ? ` and ${others.length - 8} more` : ''}`]),
    ...(isLast ? ['last'] : []),
  ];
}

function facts(info: RomInfo): readonly string[] {
  const { container, vbt, gopVersion, atomBios, unpacked } = info;
  return [
    ...(info.images.length === 0 ? [] : [`The ROM ends at ${hexadecimal(info.endOffset)} (${info.endOffset}).`]),
    ...(container === undefined
      ? []
      : [
          `A header of NVIDIA's flash tools (NVGI, version ${container.version}) stands in front${container.romOffset === undefined ? '' : `, the ROM at ${hexadecimal(container.romOffset)}`}.`,
        ]),
    ...(gopVersion === undefined ? [] : [`Intel GOP driver ${gopVersion}.`]),
    ...(vbt === undefined
      ? []
      : [
          `Intel VBT ${visible(vbt.name)} at ${hexadecimal(vbt.offset)}: version ${vbt.version}, data block ${vbt.bdbVersion}, ${vbt.sizeBytes} bytes.`,
        ]),
    ...(atomBios === undefined ? [] : [`AMD's marker is there${atomBios.hasHeader ? ', and its ATOM header' : ''}.`]),
    ...unpacked.flatMap(({ offset, bytes }) =>
      bytes === null ? [] : [`The driver of the image at ${hexadecimal(offset)} has ${bytes} bytes unpacked.`],
    ),
  ];
}

const TONES: { readonly [S in RomSeverity]: Tone } = { error: 'bad', warning: 'warn', note: 'dim' };

function findingLine(io: Pick<Io, 'colour'>, { id, severity, meaning, offset, value }: RomFinding): string {
  const where = offset === undefined ? '' : ` at ${hexadecimal(offset)}`;
  const what = value === undefined ? '' : ` (${visible(value)})`;
  return `${paint(io, TONES[severity], severity)} ${id}${where}: ${meaning}${what}\n`;
}

/** What is changed in a ROM, as a table. */
export function fixedFieldsText(io: Pick<Io, 'colour'>, fields: readonly FixedField[]): string {
  const rows = fields.map(({ offset, field, before, after }) => [hexadecimal(offset), field, before, after]);
  return table(io, ['IMAGE', 'FIELD', 'BEFORE', 'AFTER'], rows);
}

function hexadecimal(offset: number): string {
  return `${offset.toString(16)}h`;
}
