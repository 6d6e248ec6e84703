// SPDX-License-Identifier: AGPL-3.0-or-later
import { fits, hex, standsAt, u8, u16, u32 } from './little-endian.ts';
import { BLOCK_BYTES, type PciData } from './pci-data.ts';

/**
 * NVIDIA's extension of the PCI data structure: the real length of the image, and whether private images follow it
 * (nouveau nvkm/subdev/bios/npde.c; open-gpu-kernel-modules pci_exp_table.h).
 */
export interface Npde {
  /** Four hex digits: 0100 or 0101. */
  readonly revision: string;
  /** Bytes of this image alone; 0 where it does not say. */
  readonly imageBytes: number;
  /** Replaces the flag of the PCI data structure; absent where the extension is too short to have it. */
  readonly isLast?: boolean;
  readonly hasPrivateImages: boolean;
  /** Whether the checksum of the image is not kept. */
  readonly checksumDisabled: boolean;
}

const NPDE_BYTES = 0x0a;

/** The extension that stands behind the PCI data structure of an image, at the next multiple of 16. */
export function npdeOf(bytes: Uint8Array, image: number, pci: PciData): Npde | undefined {
  const place = Math.ceil((pci.pciOffset + pci.pciBytes) / 16) * 16;
  const at = image + place;
  if (!fits(bytes, at, NPDE_BYTES) || !standsAt(bytes, at, 'NPDE')) return undefined;
  const length = u16(bytes, at + 6);
  const flags = length > 0x0b ? u8(bytes, at + 0x0b) : 0;
  return {
    revision: hex(u16(bytes, at + 4), 4),
    imageBytes: u16(bytes, at + 8) * BLOCK_BYTES,
    ...(length > 0x0a ? { isLast: (u8(bytes, at + 0x0a) & 0x80) !== 0 } : {}),
    hasPrivateImages: (flags & 1) !== 0,
    checksumDisabled: (flags & 4) !== 0,
  };
}

/** What NVIDIA's flash tools put before a ROM: settings that the card reads before it runs anything. */
export interface NvgiContainer {
  readonly version: number;
  /** Where the ROM begins; absent where it does not lead to one. */
  readonly romOffset?: number;
}

/** A sector of the flash, where the directory of version 3 stands behind the status of the flash. */
const STATUS_BYTES = 4096;

/** Decodes the header with which a flash dump of NVIDIA begins (open-gpu-kernel-modules kernel_gsp_vbios_tu102.c). */
export function nvgiContainer(bytes: Uint8Array): NvgiContainer | undefined {
  if (!standsAt(bytes, 0, 'NVGI')) return undefined;
  const version = u8(bytes, 5);
  const romOffset = version === 3 ? byDirectory(bytes) : u32(bytes, (u16(bytes, 6) & 0x7fff) + 4);
  return romOffset !== undefined && romOffset > 0 && romOffset < bytes.length ? { version, romOffset } : { version };
}

function byDirectory(bytes: Uint8Array): number | undefined {
  const directory = u32(bytes, u32(bytes, 8) & 0xf_ffff) + STATUS_BYTES;
  return standsAt(bytes, directory, 'RFRD') ? u32(bytes, directory + 8) : undefined;
}
