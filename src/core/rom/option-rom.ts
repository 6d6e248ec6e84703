// SPDX-License-Identifier: AGPL-3.0-or-later

/** One image of an option ROM (PCI Firmware Specification 3.0, 5.1; edk2 MdePkg/Include/IndustryStandard/Pci22.h and Pci30.h). */
export interface OptionRomImage {
  /** Where it begins, in bytes. */
  readonly offset: number;
  /** Bytes that it takes, as its PCI data structure says; those that are really there where the file ends before. */
  readonly lengthBytes: number;
  /** 0 is legacy x86 code, 3 is EFI; others as the specification has them. */
  readonly codeType: number;
  /** Four hex digits each. */
  readonly vendor: string;
  readonly device: string;
  /** Six hex digits. */
  readonly class: string;
  /** Whether its bytes add up to 0 modulo 256; only legacy images have a checksum. */
  readonly checksumOk?: boolean;
}

/**
 * What is wrong with a ROM: `empty`, only zeros or only ones, as a device answers that does not decode; `no-signature`, no 55 AA at its
 * start; `header-in-front`, the ROM begins later, after what a flash tool put there; `no-pci-data`, no PCI data structure; `truncated`, an image is longer
 * than the file; `no-last-flag`, no image says that it is the last; `no-length`, an image does not say how long it is.
 */
export type OptionRomFault =
  | 'empty'
  | 'no-signature'
  | 'header-in-front'
  | 'no-pci-data'
  | 'truncated'
  | 'no-last-flag'
  | 'no-length';

/** An option ROM as far as it can be read. */
export interface OptionRom {
  readonly sizeBytes: number;
  readonly images: readonly OptionRomImage[];
  readonly faults: readonly OptionRomFault[];
}

const BLOCK = 512;
/** A header ends after the pointer to the PCI data structure. */
const HEADER_BYTES = 0x1a;
/** The part of a PCI data structure that all revisions have. */
const PCI_DATA_BYTES = 0x18;
const LAST_IMAGE = 0x80;

/** Reads a ROM image by image, by the lengths that they say. Total: whatever the bytes are, there is an answer. */
export function parseOptionRom(bytes: Uint8Array): OptionRom {
  const sizeBytes = bytes.length;
  if (bytes.every((byte) => byte === 0) || bytes.every((byte) => byte === 0xff))
    return { sizeBytes, images: [], faults: ['empty'] };
  if (!hasSignature(bytes, 0)) {
    const isLater = firstRom(bytes) !== undefined;
    return { sizeBytes, images: [], faults: [isLater ? 'header-in-front' : 'no-signature'] };
  }
  const images: OptionRomImage[] = [];
  for (let offset = 0; ; ) {
    const read = imageAt(bytes, offset);
    if (read === undefined) return { sizeBytes, images, faults: [images.length === 0 ? 'no-pci-data' : 'no-last-flag'] };
    images.push(read.image);
    if (read.fault !== undefined) return { sizeBytes, images, faults: [read.fault] };
    if (read.isLast) return { sizeBytes, images, faults: [] };
    offset += read.image.lengthBytes;
  }
}

/** The image at an offset, undefined where none is; every read lies within the bytes. */
function imageAt(
  bytes: Uint8Array,
  offset: number,
): { readonly image: OptionRomImage; readonly isLast: boolean; readonly fault?: OptionRomFault } | undefined {
  const pci = pciDataAt(bytes, offset);
  if (pci === undefined) return undefined;
  const codeType = bytes[pci + 0x14] ?? 0;
  const blocks = word(bytes, pci + 0x10) || (codeType === 0 ? (bytes[offset + 2] ?? 0) : 0);
  const said = blocks * BLOCK;
  const lengthBytes = Math.min(said, bytes.length - offset);
  const isWhole = said > 0 && lengthBytes === said;
  const image: OptionRomImage = {
    offset,
    lengthBytes,
    codeType,
    vendor: hex(word(bytes, pci + 4), 4),
    device: hex(word(bytes, pci + 6), 4),
    class: hex((bytes[pci + 0x0f] ?? 0) * 0x10000 + word(bytes, pci + 0x0d), 6),
    ...(codeType === 0 && isWhole ? { checksumOk: sum(bytes, offset, said) === 0 } : {}),
  };
  const isLast = ((bytes[pci + 0x15] ?? 0) & LAST_IMAGE) !== 0;
  if (said === 0) return { image, isLast, fault: 'no-length' };
  return isWhole ? { image, isLast } : { image, isLast, fault: 'truncated' };
}

/** Where the PCI data structure of the image at an offset begins; undefined where the image or the structure is not there as a whole. */
function pciDataAt(bytes: Uint8Array, offset: number): number | undefined {
  if (offset + HEADER_BYTES > bytes.length || !hasSignature(bytes, offset)) return undefined;
  const pointer = word(bytes, offset + 0x18);
  const at = offset + pointer;
  if (pointer < HEADER_BYTES || at + PCI_DATA_BYTES > bytes.length) return undefined;
  return String.fromCharCode(...bytes.subarray(at, at + 4)) === 'PCIR' ? at : undefined;
}

/** The first image that does not begin at 0: flash tools put a header of their own before it (NVIDIA's begins with NVGI). */
function firstRom(bytes: Uint8Array): number | undefined {
  for (let at = bytes.indexOf(0x55, 1); at > 0; at = bytes.indexOf(0x55, at + 1))
    if (pciDataAt(bytes, at) !== undefined) return at;
  return undefined;
}

function hasSignature(bytes: Uint8Array, at: number): boolean {
  return bytes[at] === 0x55 && bytes[at + 1] === 0xaa;
}

function word(bytes: Uint8Array, at: number): number {
  return (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 0x100;
}

function sum(bytes: Uint8Array, from: number, length: number): number {
  let total = 0;
  for (let at = from; at < from + length; at += 1) total += bytes[at] ?? 0;
  return total % 0x100;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
