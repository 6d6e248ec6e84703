// SPDX-License-Identifier: AGPL-3.0-or-later
import { hex, u16 } from './little-endian.ts';
import { parseOptionRom } from './option-rom.ts';
import { imageSignature, type OptionRomImage } from './rom-image.ts';

/**
 * A ROM in the words of rom-parser (github.com/awilliam/rom-parser), for scripts that read its output. Where that program goes wrong
 * (it looks every 512 bytes instead of going by length, and reads behind the end) this says what is really there, and
 * bytes that are no letters are shown as dots.
 */
export function romParserText(bytes: Uint8Array): string {
  if (bytes.length === 0) return 'Error, zero sized ROM file\n';
  const shown = parseOptionRom(bytes).images.filter(({ signature }) => signature === '55aa');
  if (shown.length > 0)
    return shown.map(imageText).join('') + (shown.at(-1)?.isLast === true ? '\tLast image\n' : 'Error, ran off the end\n');
  if (imageSignature(bytes, 0) !== '55aa') return 'Error, ran off the end\n';
  const offset = u16(bytes, 0x18);
  const found = String.fromCharCode(...bytes.subarray(offset, offset + 4)).replace(/[^\x20-\x7e]/g, '.');
  return `Valid ROM signature found @0h, PCIR offset ${offset.toString(16)}h\nInvalid PCIR signature: ${found}\n`;
}

/** What it says of one image. */
export function imageText(image: OptionRomImage): string {
  const { codeType, vendor, device, pciRevision, vendorRevision, offset, pciOffset } = image;
  const type = codeType.toString(16) + (codeType === 0 ? ' (x86 PC-AT)' : codeType === 3 ? ' (EFI)' : '');
  return [
    `Valid ROM signature found @${offset.toString(16)}h, PCIR offset ${pciOffset.toString(16)}h`,
    `\tPCIR: type ${type}, vendor: ${vendor}, device: ${device}, class: ${image.class}`,
    `\tPCIR: revision ${pciRevision.toString(16)}, vendor revision: ${vendorRevision.toString(16)}`,
    ...efiLine(image),
    '',
  ].join('\n');
}

function efiLine({ efi }: OptionRomImage): readonly string[] {
  if (efi === undefined) return [];
  if (!efi.signatureOk) return ['\t\tEFI: Signature NOT Valid'];
  const subsystem = { 11: 'Boot', 12: 'Runtime' }[efi.subsystem] ?? `Unknown (${hex(efi.subsystem, 1)})`;
  const machine = MACHINES[efi.machine] ?? `Unknown (${hex(efi.machine, 1)})`;
  return [`\t\tEFI: Signature Valid, Subsystem: ${subsystem}, Machine: ${machine}`];
}

/** The names that it has; others it calls unknown. */
const MACHINES: { readonly [code: number]: string } = {
  332: 'IA-32',
  512: 'Itanium',
  3772: 'EFI Byte Code',
  34404: 'X64',
  450: 'ARM',
  43620: 'ARM 64-bit',
};
