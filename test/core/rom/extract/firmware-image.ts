// SPDX-License-Identifier: AGPL-3.0-or-later
import { deflateSync } from 'node:zlib';
import { compress } from '../../../support/lzma-packer.mjs';
import { encodeTiano } from './tiano-encoder.ts';

/** Firmware made by the tests, piece by piece, after UEFI PI 1.8, volume 3. */

export const LZMA = 'EE4E5898-3914-4259-9D6E-DC7BD79403CF';
export const LZMA_X86 = 'D42AE6BD-1352-4BFB-909A-CA72A6EAE889';
export const TIANO = 'A31280AD-481E-41B6-95E8-127F4C984779';
export const CRC32 = 'FC1BCDB0-7D31-49AA-936A-A4600D9DD083';
const FFS2 = '8C8CE578-8A3D-4F1C-9935-896185C32DD3';

/** Pieces one behind the other. */
export function bytes(...parts: readonly (Uint8Array | readonly number[] | string)[]): Uint8Array {
  return Uint8Array.from(
    parts.flatMap((part) => (typeof part === 'string' ? [...part].map((one) => one.charCodeAt(0)) : [...part])),
  );
}

/** A number with its low byte first. */
export function le(value: number, width: number): number[] {
  return Array.from({ length: width }, (_, index) => Math.floor(value / 2 ** (8 * index)) % 256);
}

export function guid(text: string): number[] {
  const hex = text.replaceAll('-', '');
  const of = (from: number, to: number) => (hex.slice(from, to).match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
  return [...of(0, 8).reverse(), ...of(8, 12).reverse(), ...of(12, 16).reverse(), ...of(16, 32)];
}

/** A section with any content, its size in its header. */
export function section(type: number, body: Uint8Array, more: readonly number[] = []): Uint8Array {
  return bytes(le(4 + more.length + body.length, 3), [type], more, body);
}

/** Sections one behind the other, each on a multiple of 4. */
export function sections(...all: readonly Uint8Array[]): Uint8Array {
  return bytes(...all.flatMap((one, index) => (index === all.length - 1 ? [one] : [one, padding(one.length, 4, 0)])));
}

export function lzmaOf(body: Uint8Array): Uint8Array {
  return new Uint8Array(compress(body, 1));
}

/** A section whose content is packed or signed as a GUID says. */
export function guided(kind: string, body: Uint8Array, attributes = 1): Uint8Array {
  return section(0x02, body, [...guid(kind), ...le(24, 2), ...le(attributes, 2)]);
}

export function lzmaSection(...inner: readonly Uint8Array[]): Uint8Array {
  return guided(LZMA, lzmaOf(sections(...inner)));
}

export function tianoSection(...inner: readonly Uint8Array[]): Uint8Array {
  return guided(TIANO, encodeTiano(sections(...inner), 5));
}

/** A compression section of the standard kind, EFI 1.1. */
export function efiSection(...inner: readonly Uint8Array[]): Uint8Array {
  const body = sections(...inner);
  return section(0x01, encodeTiano(body, 4), [...le(body.length, 4), 1]);
}

export function nameSection(name: string): Uint8Array {
  return section(0x15, bytes(...[...`${name}\0`].map((one) => [one.charCodeAt(0), 0])));
}

/** A file; the checksum of its content is the fixed one (AAh), as its attributes say. */
export function file(name: string, type: number, body: Uint8Array): Uint8Array {
  const head = bytes(guid(name), [0, 0xaa, type, 0], le(24 + body.length, 3), [0xf8]);
  const sum = head.reduce((total, byte) => total + byte, 0) - 0xaa - 0xf8;
  head[16] = (256 - (sum % 256)) % 256;
  return bytes(head, body);
}

/** A volume with files, and free space behind them up to the size. */
export function volume(files: readonly Uint8Array[], sizeBytes?: number, fileSystem = FFS2): Uint8Array {
  const body = bytes(...files.flatMap((one) => [one, padding(one.length, 8, 0xff)]));
  const size = sizeBytes ?? 0x48 + body.length + 0x40;
  const map = [...le(size / 8, 4), ...le(8, 4), ...le(0, 8)];
  const head = bytes(
    le(0, 16),
    guid(fileSystem),
    le(size, 8),
    '_FVH',
    le(0x0004feff, 4),
    le(0x48, 2),
    le(0, 2),
    [0, 0, 0, 2],
    map,
  );
  let sum = 0;
  for (let at = 0; at < head.length; at += 2) sum += (head[at] ?? 0) + (head[at + 1] ?? 0) * 256;
  const right = (0x10000 - (sum % 0x10000)) % 0x10000;
  [head[0x32], head[0x33]] = [right % 256, right >> 8];
  return bytes(
    head,
    body,
    Array.from({ length: size - head.length - body.length }, () => 0xff),
  );
}

/** A capsule of the UEFI specification around an image. */
export function capsule(image: Uint8Array): Uint8Array {
  return bytes(
    guid('3B6686BD-0D76-4030-B70E-B5519E2FC5A0'),
    le(0x50, 4),
    le(0, 4),
    le(0x50 + image.length, 4),
    le(0, 0x34),
    image,
  );
}

/** An update program of Dell around an image: a header and the container of the image, packed with zlib. */
export function dellUpdate(image: Uint8Array): Uint8Array {
  const container = bytes('PFS.HDR.', le(1, 4), le(image.length, 4), image, 'PFS.FTR.');
  const packed = deflateSync(container);
  return bytes(
    'MZ',
    le(0, 510),
    le(packed.length, 4),
    [0xaa, 0xee, 0xaa, 0x76, 0x1b, 0xec, 0xbb, 0x20, 0xf1, 0xe6, 0x51, 0x10],
    packed,
  );
}

/** A flash chip with a descriptor, an empty management engine and the image as its BIOS region. */
export function flashChip(image: Uint8Array): Uint8Array {
  const biosAt = 0x3000;
  const end = biosAt + Math.ceil(image.length / 0x1000) * 0x1000;
  const region = (from: number, to: number) => le(from / 0x1000 + (to / 0x1000 - 1) * 0x10000, 4);
  const descriptor = bytes(Array(16).fill(0xff), [0x5a, 0xa5, 0xf0, 0x0f], le(0x00040003, 4), Array(0x28).fill(0));
  const regions = bytes(region(0, 0x1000), region(biosAt, end), region(0x1000, biosAt), le(0x7fff, 4), le(0x7fff, 4));
  const chip = new Uint8Array(end).fill(0xff);
  chip.set(descriptor, 0);
  chip.set(regions, 0x40);
  chip.set(image, biosAt);
  return chip;
}

/** An option ROM with one image of x86 code whose checksum is right. */
export function optionRom(vendor: number, device: number, lengthBytes: number, seed = 1): Uint8Array {
  const rom = new Uint8Array(lengthBytes);
  for (let at = 0x60; at < lengthBytes; at += 1) rom[at] = ((at * 7 + seed * 13) ^ (at >> 5)) & 0xff;
  rom.set(bytes([0x55, 0xaa, lengthBytes / 512, 0xcb]), 0);
  rom.set(le(0x40, 2), 0x18);
  const blocks = le(lengthBytes / 512, 2);
  rom.set(bytes('PCIR', le(vendor, 2), le(device, 2), [0, 0, 0x18, 0, 0, 0, 0, 3], blocks, [1, 0, 0, 0x80, 0, 0]), 0x40);
  const sum = rom.reduce((total, byte) => total + byte, 0);
  rom[6] = (256 - (sum % 256)) % 256;
  return rom;
}

/** Intel's Video BIOS Table with a block of data. */
export function videoTable(lengthBytes: number): Uint8Array {
  const head = bytes('$VBT ALDERLAKE      ', le(100, 2), le(0x30, 2), le(lengthBytes, 2), [0, 0], le(0x30, 4), le(0, 16));
  const data = bytes('BIOS_DATA_BLOCK ', le(251, 2), le(0x16, 2), le(lengthBytes - 0x30, 2));
  return bytes(head, data, Array(lengthBytes - head.length - data.length).fill(7));
}

/** The code of a GOP driver of Intel, as far as it is looked for. */
export function gopCode(version: string): Uint8Array {
  return bytes('MZ', ...[...`Intel(R) GOP Driver [${version}]`].map((one) => [one.charCodeAt(0), 0]), Array(400).fill(9));
}

/** Firmware with an option ROM, a GOP driver, a Video BIOS Table, and a section whose length is a lie. */
export function firmwareOfAll(): Uint8Array {
  const id = (number: number) => `22222222-0000-0000-0000-00000000000${number}`;
  const driver = sections(section(0x10, gopCode('21.0.1048')), nameSection('IntelGopDriver'));
  return volume([
    file(id(1), 0x02, lzmaSection(section(0x19, optionRom(0x8086, 0x5a85, 0x800)))),
    file(id(2), 0x02, section(0x19, videoTable(0x200))),
    file(id(3), 0x07, driver),
    file(id(4), 0x02, bytes(le(0x123456, 3), [0x19], 'too short')),
  ]);
}

function padding(length: number, to: number, value: number): number[] {
  return Array((to - (length % to)) % to).fill(value);
}
