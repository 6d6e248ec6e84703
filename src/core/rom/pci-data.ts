// SPDX-License-Identifier: AGPL-3.0-or-later
import { fits, hex, standsAt, u8, u16 } from './little-endian.ts';

/**
 * The PCI data structure of an image (PCI Firmware Specification 3.0, 5.1.2; edk2 MdePkg/Include/IndustryStandard/Pci22.h and Pci30.h).
 * NVIDIA's private images have the same one under another signature (nouveau nvkm/subdev/bios/pcir.c).
 */
export interface PciData {
  readonly pciSignature: 'PCIR' | 'NPDS' | 'RGIS';
  /** Where it begins, in bytes from the start of its image. */
  readonly pciOffset: number;
  /** How long it says it is. */
  readonly pciBytes: number;
  /** 0 or 3; the fields below that only revision 3 has are absent in others. */
  readonly pciRevision: number;
  /** Four hex digits each. */
  readonly vendor: string;
  readonly device: string;
  /** More device ids that the image is for, of revision 3. */
  readonly deviceList: readonly string[];
  /** Six hex digits: base class, sub-class, programming interface. */
  readonly class: string;
  /** Bytes that the image takes, as the structure says; 0 where it does not say. */
  readonly saidBytes: number;
  readonly vendorRevision: number;
  /** 0 legacy x86 code, 1 Open Firmware, 2 PA-RISC, 3 EFI; 0x70 and 0xe0 are NVIDIA's. */
  readonly codeType: number;
  /** Bit 7 of the indicator, the only one that the specification knows. */
  readonly isLast: boolean;
  readonly maxRuntimeBytes?: number;
  readonly configUtilityOffset?: number;
  readonly clpEntryOffset?: number;
}

/** Why no PCI data structure was found: the header has no room, no pointer, or one that leads out of the bytes or to something else. */
export type NoPciData = 'truncated-header' | 'no-pci-data' | 'pci-data-outside';

/** Length units of images, in bytes. */
export const BLOCK_BYTES = 512;
/** A header ends after the pointer to the PCI data structure. */
const HEADER_BYTES = 0x1a;
/** The part of a PCI data structure that all revisions have. */
const COMMON_BYTES = 0x18;
/** With the fields of revision 3. */
const REVISION_3_BYTES = 0x1c;
const LAST_IMAGE = 0x80;
/** No device list seen has more than 40 ids; one without an end is cut there. */
const MOST_DEVICES = 256;
const SIGNATURES = ['PCIR', 'NPDS', 'RGIS'] as const;

/** Reads the PCI data structure of the image that begins at an offset. Every read lies within the bytes. */
export function pciDataAt(bytes: Uint8Array, image: number): PciData | NoPciData {
  if (!fits(bytes, image, HEADER_BYTES)) return 'truncated-header';
  const offset = u16(bytes, image + 0x18);
  if (offset < HEADER_BYTES) return 'no-pci-data';
  const at = image + offset;
  if (!fits(bytes, at, COMMON_BYTES)) return 'pci-data-outside';
  const signature = SIGNATURES.find((text) => standsAt(bytes, at, text));
  if (signature === undefined) return 'no-pci-data';
  const revision = u8(bytes, at + 0x0c);
  const lengthBytes = u16(bytes, at + 0x0a);
  const isThree = revision >= 3 && lengthBytes >= REVISION_3_BYTES && fits(bytes, at, REVISION_3_BYTES);
  return {
    pciSignature: signature,
    pciOffset: offset,
    pciBytes: lengthBytes,
    pciRevision: revision,
    vendor: hex(u16(bytes, at + 4), 4),
    device: hex(u16(bytes, at + 6), 4),
    deviceList: revision >= 3 ? deviceList(bytes, at) : [],
    class: hex(u8(bytes, at + 0x0f) * 0x1_0000 + u16(bytes, at + 0x0d), 6),
    saidBytes: u16(bytes, at + 0x10) * BLOCK_BYTES,
    vendorRevision: u16(bytes, at + 0x12),
    codeType: u8(bytes, at + 0x14),
    isLast: (u8(bytes, at + 0x15) & LAST_IMAGE) !== 0,
    ...(isThree
      ? {
          maxRuntimeBytes: u16(bytes, at + 0x16) * BLOCK_BYTES,
          configUtilityOffset: u16(bytes, at + 0x18),
          clpEntryOffset: u16(bytes, at + 0x1a),
        }
      : {}),
  };
}

/** The list ends with 0; its place counts from the structure. */
function deviceList(bytes: Uint8Array, at: number): readonly string[] {
  const start = u16(bytes, at + 8);
  const ids: string[] = [];
  if (start === 0) return ids;
  for (let place = at + start; fits(bytes, place, 2) && ids.length < MOST_DEVICES; place += 2) {
    const id = u16(bytes, place);
    if (id === 0) break;
    ids.push(hex(id, 4));
  }
  return ids;
}
