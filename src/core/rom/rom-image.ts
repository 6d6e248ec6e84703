// SPDX-License-Identifier: AGPL-3.0-or-later
import { type EfiHeader, efiHeaderAt } from './efi-header.ts';
import { sumOf, u8 } from './little-endian.ts';
import { type Npde, npdeOf } from './nvidia-rom.ts';
import { BLOCK_BYTES, type NoPciData, type PciData, pciDataAt } from './pci-data.ts';

/** Code types of the PCI data structure that are told apart here. */
export const LEGACY_CODE = 0;
export const EFI_CODE = 3;
/** NVIDIA's last private image; nouveau ends its walk there, whatever the flag is (nvkm/subdev/bios/image.c). */
const NVIDIA_LAST_CODE = 0x70;

/** One image of an option ROM (PCI Firmware Specification 3.0, 5.1), with the fields of its PCI data structure. */
export interface OptionRomImage extends PciData {
  /** How it begins: `55aa` as the specification has it, `VN` and `77bb` NVIDIA's private images, which no firmware runs. */
  readonly signature: '55aa' | 'VN' | '77bb';
  /** Where it begins, in bytes from the start of the file. */
  readonly offset: number;
  /** Bytes that it takes, as it says; those that are really there where the file ends before; 0 where it does not say. */
  readonly lengthBytes: number;
  /** Bytes of a legacy image that firmware copies and adds up, from its header; 0 for others. */
  readonly initBytes: number;
  /** Whether its bytes add up to 0 modulo 256; absent where there is no checksum (EFI, private) or a byte is missing. */
  readonly checksumOk?: boolean;
  /** Of an image with code type 3. */
  readonly efi?: EfiHeader;
  /** NVIDIA's own lengths and flags. */
  readonly npde?: Npde;
}

/** Whether something that can be an image begins at an offset; its PCI data structure has to be read to know. */
export function imageSignature(bytes: Uint8Array, at: number): OptionRomImage['signature'] | undefined {
  const [first, second] = [bytes[at], bytes[at + 1]];
  if (first === 0x55 && second === 0xaa) return '55aa';
  if (first === 0x56 && second === 0x4e) return 'VN';
  return first === 0x77 && second === 0xbb ? '77bb' : undefined;
}

/** The image at an offset, or why there is none. Every read lies within the bytes. */
export function imageAt(bytes: Uint8Array, offset: number): OptionRomImage | NoPciData | 'no-signature' {
  const signature = imageSignature(bytes, offset);
  if (signature === undefined) return 'no-signature';
  const pci = pciDataAt(bytes, offset);
  if (typeof pci === 'string') return pci;
  const isLegacy = pci.codeType === LEGACY_CODE && signature === '55aa';
  const initBytes = isLegacy ? u8(bytes, offset + 2) * BLOCK_BYTES : 0;
  const saidBytes = pci.saidBytes || initBytes;
  const lengthBytes = Math.min(saidBytes, bytes.length - offset);
  const npde = npdeOf(bytes, offset, pci);
  const hasSum = isLegacy && lengthBytes > 0 && lengthBytes === saidBytes && npde?.checksumDisabled !== true;
  return {
    signature,
    offset,
    ...pci,
    saidBytes,
    lengthBytes,
    initBytes,
    ...(hasSum ? { checksumOk: sumOf(bytes, offset, saidBytes) === 0 } : {}),
    ...(pci.codeType === EFI_CODE && signature === '55aa' ? { efi: efiHeaderAt(bytes, offset) } : {}),
    ...(npde === undefined ? {} : { npde }),
  };
}

/** How far the next image is, and whether there is one, by the specification. */
export function specStep(image: OptionRomImage): { readonly bytes: number; readonly isLast: boolean } {
  return { bytes: image.saidBytes, isLast: image.isLast };
}

/** The same by NVIDIA's extension, which stands above the structure where it says something. */
export function npdeStep(image: OptionRomImage): { readonly bytes: number; readonly isLast: boolean } {
  return {
    bytes: image.npde?.imageBytes || image.saidBytes,
    isLast: image.codeType === NVIDIA_LAST_CODE || (image.npde?.isLast ?? image.isLast),
  };
}
