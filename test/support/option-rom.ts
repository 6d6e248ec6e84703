// SPDX-License-Identifier: AGPL-3.0-or-later

/** One image of a ROM that a test wants. */
export interface RomImage {
  readonly vendor?: number;
  readonly device?: number;
  /** 0 legacy (default), 3 EFI. */
  readonly codeType?: number;
  readonly blocks?: number;
  readonly isLast?: boolean;
  /** What the PCI data structure says instead of the real length, in blocks. */
  readonly saysBlocks?: number;
  /** Added to the byte that makes the sum right. */
  readonly checksumError?: number;
}

/** An option ROM of such images, each with a PCI data structure at 0x40 and, for a legacy one, a checksum in byte 6. */
export function makeRom(...images: readonly RomImage[]): Uint8Array {
  return Uint8Array.from(images.flatMap((image, at) => [...makeImage({ isLast: at === images.length - 1, ...image })]));
}

function makeImage({
  vendor = 0x8086,
  device = 0x5a85,
  codeType = 0,
  blocks = 2,
  isLast = true,
  saysBlocks = blocks,
  checksumError = 0,
}: RomImage): Uint8Array {
  const bytes = new Uint8Array(blocks * 512).map((_, at) => (at * 7) % 251);
  const view = new DataView(bytes.buffer);
  bytes.set([0x55, 0xaa, blocks]);
  bytes[6] = 0;
  view.setUint16(0x18, 0x40, true);
  bytes.set(new TextEncoder().encode('PCIR'), 0x40);
  view.setUint16(0x44, vendor, true);
  view.setUint16(0x46, device, true);
  bytes.set([0x18, 0, 0, 0, 0, 3], 0x4a);
  view.setUint16(0x50, saysBlocks, true);
  bytes.set([codeType, isLast ? 0x80 : 0], 0x54);
  if (codeType === 0) bytes[6] = (0x100 - (bytes.reduce((sum, byte) => sum + byte, 0) % 0x100) + checksumError) % 0x100;
  return bytes;
}
