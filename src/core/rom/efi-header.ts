// SPDX-License-Identifier: AGPL-3.0-or-later
import { u16, u32 } from './little-endian.ts';
import { BLOCK_BYTES } from './pci-data.ts';

/** The header of an EFI image (edk2 Pci22.h, EFI_PCI_EXPANSION_ROM_HEADER). */
export interface EfiHeader {
  /** Whether it has the signature 0x0EF1; firmware skips an image without it. */
  readonly signatureOk: boolean;
  /** 0x0a application, 0x0b boot service driver, 0x0c runtime driver. */
  readonly subsystem: number;
  /** Machine type of the PE/COFF specification. */
  readonly machine: number;
  /** 0 none, 1 the algorithm of EFI 1.1. */
  readonly compression: number;
  /** Bytes that firmware loads. */
  readonly initBytes: number;
  /** Where the PE file, or its compressed form, begins, in bytes from the start of the image. */
  readonly peOffset: number;
}

/** The EFI header of the image that begins at an offset, which must have room for a header. */
export function efiHeaderAt(bytes: Uint8Array, image: number): EfiHeader {
  return {
    signatureOk: u32(bytes, image + 4) === 0x0ef1,
    subsystem: u16(bytes, image + 8),
    machine: u16(bytes, image + 0x0a),
    compression: u16(bytes, image + 0x0c),
    initBytes: u16(bytes, image + 2) * BLOCK_BYTES,
    peOffset: u16(bytes, image + 0x16),
  };
}

const SUBSYSTEMS: { readonly [code: number]: string } = {
  10: 'EFI application',
  11: 'boot service driver',
  12: 'runtime driver',
};

/** PE/COFF machine types (Microsoft PE format; UEFI 2.10, 2.1.1). */
const MACHINES: { readonly [code: number]: string } = {
  332: 'IA-32',
  512: 'Itanium',
  3772: 'EFI byte code',
  450: 'ARM',
  43620: 'ARM 64-bit',
  34404: 'x86-64',
  20530: 'RISC-V 32-bit',
  20580: 'RISC-V 64-bit',
  20776: 'RISC-V 128-bit',
  25138: 'LoongArch 32-bit',
  25188: 'LoongArch 64-bit',
};

/** What an EFI subsystem number stands for, undefined where it stands for nothing. */
export function subsystemName(code: number): string | undefined {
  return SUBSYSTEMS[code];
}

/** What a PE machine number stands for, undefined where we do not know it. */
export function machineName(code: number): string | undefined {
  return MACHINES[code];
}
