// SPDX-License-Identifier: AGPL-3.0-or-later

/** One image of a ROM that a test wants. */
export interface RomImage {
  readonly vendor?: number;
  readonly device?: number;
  /** Base class, sub-class and programming interface; default 030000. */
  readonly class?: number;
  /** 0 legacy (default), 3 EFI. */
  readonly codeType?: number;
  readonly blocks?: number;
  readonly isLast?: boolean;
  /** What the PCI data structure says instead of the real length, in blocks. */
  readonly saysBlocks?: number;
  /** What a legacy header says instead of the real length, in blocks. */
  readonly initBlocks?: number;
  /** Added to the byte that makes the sum right. */
  readonly checksumError?: number;
  /** Other device ids, which makes the PCI data structure one of revision 3. */
  readonly deviceList?: readonly number[];
  /** Where the PCI data structure lies; default 0x40. */
  readonly pciOffset?: number;
  /** The first two bytes, and the name of the structure. */
  readonly signature?: readonly [number, number];
  readonly pciSignature?: 'PCIR' | 'NPDS' | 'RGIS';
  readonly efi?: {
    readonly signature?: number;
    readonly subsystem?: number;
    readonly machine?: number;
    readonly compression?: number;
    readonly initBlocks?: number;
    readonly peOffset?: number;
  };
  /** NVIDIA's extension: blocks of this image alone, the flag, and the bits behind it. */
  readonly npde?: { readonly blocks: number; readonly isLast?: boolean; readonly flags?: number };
  /** Bytes at places within the image, put in before the checksum is made. */
  readonly holds?: readonly (readonly [offset: number, content: Uint8Array | string])[];
}

/** An option ROM of such images, each with a PCI data structure and, for a legacy one, a checksum in byte 6. */
export function makeRom(...images: readonly RomImage[]): Uint8Array {
  return joined(images.map((image, at) => makeImage({ isLast: at === images.length - 1, ...image })));
}

/** Pieces one behind the other. */
export function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** The ROM of a NUC6CAYH, as a legacy boot of it leaves it in memory: for 8086:0406 on a GPU that is 8086:5a85, with a wrong checksum. */
export function nucRom(): Uint8Array {
  return makeRom({ vendor: 0x8086, device: 0x0406, blocks: 0x80, checksumError: 0x5d });
}

/** A ROM that has something of every maker and every kind, as none has; in front of it the header of NVIDIA's flash tools. */
export function romOfAll(): Uint8Array {
  const utf16 = (text: string) => Uint8Array.from([...text].flatMap((one) => [one.charCodeAt(0), 0]));
  const front = new Uint8Array(0x200);
  front.set(new TextEncoder().encode('NVGI\0\u0001'));
  front[6] = 0x20;
  front[0x25] = 0x02;
  const vbt = new Uint8Array(0x60);
  vbt.set(new TextEncoder().encode('$VBT SKYLAKE'));
  vbt.set([100, 0, 0x30, 0, 0x60, 0, 0, 0, 0x30], 0x14);
  vbt.set(new TextEncoder().encode('BIOS_DATA_BLOCK '), 0x30);
  const legacy: RomImage = {
    blocks: 3,
    pciOffset: 0x80,
    deviceList: [0x0406],
    npde: { blocks: 3 },
    holds: [
      [0x30, ' 761295520'],
      [0x200, vbt],
    ],
  };
  const efi: RomImage = { codeType: 3, pciOffset: 0x1c, holds: [[0x100, utf16('Intel(R) GOP Driver [9.0.1080]')]] };
  return joined([front, makeRom(legacy, { ...efi, efi: { compression: 1 } }), Uint8Array.of(1)]);
}

function makeImage(image: RomImage): Uint8Array {
  const { vendor = 0x8086, device = 0x5a85, codeType = 0, blocks = 2, isLast = true, pciOffset = 0x40 } = image;
  const bytes = new Uint8Array(blocks * 512).map((_, at) => (at * 7) % 251);
  const view = new DataView(bytes.buffer);
  const isThree = image.deviceList !== undefined;
  const pciBytes = isThree ? 0x1c : 0x18;
  bytes.set(image.signature ?? [0x55, 0xaa]);
  bytes[2] = image.initBlocks ?? blocks;
  bytes[6] = 0;
  if (codeType === 3) putEfi(view, blocks, image.efi ?? {});
  view.setUint16(0x18, pciOffset, true);
  bytes.set(new TextEncoder().encode(image.pciSignature ?? 'PCIR'), pciOffset);
  view.setUint16(pciOffset + 4, vendor, true);
  view.setUint16(pciOffset + 6, device, true);
  view.setUint16(pciOffset + 8, isThree ? pciBytes : 0, true);
  view.setUint16(pciOffset + 0x0a, pciBytes, true);
  bytes[pciOffset + 0x0c] = isThree ? 3 : 0;
  view.setUint32(pciOffset + 0x0d, image.class ?? 0x030000, true);
  view.setUint16(pciOffset + 0x10, image.saysBlocks ?? blocks, true);
  view.setUint16(pciOffset + 0x12, 1, true);
  bytes.set([codeType, isLast ? 0x80 : 0], pciOffset + 0x14);
  if (isThree) view.setUint32(pciOffset + 0x18, 0, true);
  if (isThree)
    for (const [at, id] of [...(image.deviceList ?? []), 0].entries()) view.setUint16(pciOffset + pciBytes + 2 * at, id, true);
  if (image.npde !== undefined) putNpde(bytes, Math.ceil((pciOffset + pciBytes) / 16) * 16, image.npde);
  for (const [at, content] of image.holds ?? [])
    bytes.set(typeof content === 'string' ? new TextEncoder().encode(content) : content, at);
  if (codeType !== 0 || image.signature !== undefined) return bytes;
  const summed = bytes.subarray(0, (image.saysBlocks || blocks) * 512);
  bytes[6] = (0x100 - (summed.reduce((sum, byte) => sum + byte, 0) % 0x100) + (image.checksumError ?? 0)) % 0x100;
  return bytes;
}

function putEfi(view: DataView, blocks: number, efi: NonNullable<RomImage['efi']>): void {
  view.setUint16(0x02, efi.initBlocks ?? blocks, true);
  view.setUint32(0x04, efi.signature ?? 0x0ef1, true);
  view.setUint16(0x08, efi.subsystem ?? 0x0b, true);
  view.setUint16(0x0a, efi.machine ?? 0x8664, true);
  view.setUint16(0x0c, efi.compression ?? 0, true);
  view.setUint16(0x16, efi.peOffset ?? 0x80, true);
}

function putNpde(bytes: Uint8Array, at: number, { blocks, isLast = false, flags = 0 }: NonNullable<RomImage['npde']>): void {
  bytes.set(new TextEncoder().encode('NPDE'), at);
  bytes.set([0x01, 0x01, 0x14, 0, blocks & 0xff, blocks >> 8, isLast ? 0x80 : 0, flags], at + 4);
}
