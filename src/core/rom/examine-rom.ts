// SPDX-License-Identifier: AGPL-3.0-or-later
import { type EfiHeader, machineName } from './efi-header.ts';
import { hex } from './little-endian.ts';
import type { OptionRom } from './option-rom.ts';
import { type RomFinding, romFinding } from './rom-finding.ts';
import { LEGACY_CODE, type OptionRomImage } from './rom-image.ts';

const X86_64 = 0x8664;

/** What is wrong with, or worth knowing of, a ROM: first of the file, then of each image in its order. */
export function examineRom(rom: OptionRom): readonly RomFinding[] {
  const standard = rom.images.filter(({ signature }) => signature === '55aa');
  const ids = [...new Set(standard.map(({ vendor, device }) => `${vendor}:${device}`))];
  return [
    ...rom.faults.map((fault) => romFinding(fault)),
    ...(ids.length > 1 ? [romFinding('other-ids', { value: ids.join(', ') })] : []),
    ...(standard.length < rom.images.length
      ? [romFinding('private-images', { value: String(rom.images.length - standard.length) })]
      : []),
    ...standard.flatMap(examineImage),
  ];
}

function examineImage(image: OptionRomImage): readonly RomFinding[] {
  const { offset, efi } = image;
  const found: RomFinding[] = [];
  if (image.checksumOk === false) found.push(romFinding('bad-checksum', { offset }));
  if (image.npde?.checksumDisabled === true) found.push(romFinding('checksum-not-kept', { offset }));
  if (image.codeType === LEGACY_CODE && isOtherSize(image))
    found.push(romFinding('init-size', { offset, value: `${image.initBytes} and ${image.saidBytes} bytes` }));
  if (image.pciOffset % 4 !== 0) found.push(romFinding('pci-data-unaligned', { offset, value: hex(image.pciOffset, 4) }));
  return efi === undefined ? found : [...found, ...examineEfi(image, efi)];
}

/** A header holds at most 255 blocks, so a longer image must say another size; NVIDIA's say their own part alone. */
function isOtherSize({ initBytes, saidBytes, npde }: OptionRomImage): boolean {
  return initBytes !== saidBytes && initBytes !== npde?.imageBytes && saidBytes <= 0xff * 512;
}

/** What EDK2 asks of an EFI image (MdeModulePkg/Bus/Pci/PciBusDxe/PciOptionRomSupport.c, ProcessOpRomImage and LocalLoadFile2). */
function examineEfi({ offset, saidBytes }: OptionRomImage, efi: EfiHeader): readonly RomFinding[] {
  if (!efi.signatureOk) return [romFinding('efi-signature', { offset })];
  const found: RomFinding[] = [];
  if (efi.subsystem !== 0x0b && efi.subsystem !== 0x0c)
    found.push(romFinding('efi-subsystem', { offset, value: hex(efi.subsystem, 2) }));
  if (efi.machine !== X86_64)
    found.push(romFinding('efi-machine', { offset, value: machineName(efi.machine) ?? hex(efi.machine, 4) }));
  if (efi.compression > 1) found.push(romFinding('efi-compression', { offset, value: hex(efi.compression, 4) }));
  if (efi.initBytes > saidBytes || efi.peOffset >= efi.initBytes)
    found.push(romFinding('efi-size', { offset, value: `${efi.initBytes} of ${saidBytes} bytes, driver at ${efi.peOffset}` }));
  return found;
}
