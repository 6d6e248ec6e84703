// SPDX-License-Identifier: AGPL-3.0-or-later
import { undoX86Filter } from './bcj-x86.ts';
import type { Packing } from './firmware-item.ts';
import { SECTION, type SectionHeader } from './firmware-section.ts';
import { chargeUnpacking, type FirmwareWalk, noteFault } from './firmware-walk.ts';
import { u64 } from './guid.ts';
import { decodeLzma, lzmaSizeBytes } from './lzma.ts';
import { decodeTiano, tianoSizeBytes } from './tiano.ts';

/** Bytes that came out of packed ones. */
export interface Unpacked {
  readonly packing: Packing;
  readonly bytes: Uint8Array;
}

/** By GUID, how the content of a section is packed (edk2: LzmaDecompress.h, BrotliDecompress.h; IntelFrameworkModulePkg: TianoDecompress.h). */
const PACKINGS: { readonly [guid: string]: Packing } = {
  'EE4E5898-3914-4259-9D6E-DC7BD79403CF': 'lzma',
  'D42AE6BD-1352-4BFB-909A-CA72A6EAE889': 'lzma-x86',
  'A31280AD-481E-41B6-95E8-127F4C984779': 'tiano',
  '3D532050-5CDA-4FD0-879E-0F7F630D5AFB': 'brotli',
};
/** Size of the content and of the memory for unpacking, 64 bits each, before a stream of Brotli (edk2 BrotliDecompress.c). */
const BROTLI_PREFIX_BYTES = 16;
/** CompressionType of a compression section. */
const STANDARD = 1;
const CUSTOMIZED = 2;

/** How a section is packed; undefined where its content stands there as it is, or in a way that is not known. */
export function packingOf(header: SectionHeader, section: Uint8Array): Packing | undefined {
  if (header.type === SECTION.guided) return Object.hasOwn(PACKINGS, header.guid ?? '') ? PACKINGS[header.guid ?? ''] : undefined;
  if (header.type !== SECTION.compression) return undefined;
  const compression = section[header.headerBytes - 1];
  return compression === STANDARD ? 'efi-1.1' : compression === CUSTOMIZED ? 'lzma' : undefined;
}

/** Unpacks content within the limits of a search; undefined, with a fault noted, where that cannot be. */
export function unpack(walk: FirmwareWalk, packing: Packing, body: Uint8Array): Unpacked | undefined {
  const said = chargeUnpacking(walk, packing, body.length, saidBytes(packing, body));
  if (said === undefined) return undefined;
  const unpacked = DECODERS[packing](body, said, walk);
  if (unpacked === undefined) noteFault(walk, `a piece packed with ${packing}`, 'is damaged');
  return unpacked;
}

function saidBytes(packing: Packing, body: Uint8Array): number | undefined {
  if (packing === 'lzma' || packing === 'lzma-x86') return lzmaSizeBytes(body);
  if (packing === 'efi-1.1' || packing === 'tiano') return tianoSizeBytes(body);
  return body.length > BROTLI_PREFIX_BYTES ? u64(body, 0) : undefined;
}

type Decoder = (body: Uint8Array, size: number, walk: FirmwareWalk) => Unpacked | undefined;

const DECODERS: { readonly [P in Packing]: Decoder } = {
  lzma: (body, size) => named('lzma', decodeLzma(body, size)),
  'lzma-x86': (body, size) => {
    const bytes = decodeLzma(body, size);
    if (bytes !== undefined) undoX86Filter(bytes);
    return named('lzma-x86', bytes);
  },
  'efi-1.1': (body, size) => tiano(body, size),
  tiano: (body, size) => tiano(body, size),
  brotli: (body, size, { inflaters }) => named('brotli', inflaters.brotli(body.subarray(BROTLI_PREFIX_BYTES), size)),
  zlib: (body, size, { inflaters }) => named('zlib', inflaters.zlib(body, size)),
};

/**
 * Both algorithms share their header and no field tells which it is, so vendors mix them up. A stream of one is nearly always damage to the
 * other; where both work, the one that gives sections with sense is meant.
 */
function tiano(body: Uint8Array, size: number): Unpacked | undefined {
  const efi = named('efi-1.1', decodeTiano(body, size, 4));
  const other = named('tiano', decodeTiano(body, size, 5));
  if (efi === undefined || other === undefined) return efi ?? other;
  return startsWithSection(other.bytes) && !startsWithSection(efi.bytes) ? other : efi;
}

function startsWithSection(bytes: Uint8Array): boolean {
  const size = (bytes[0] ?? 0) + (bytes[1] ?? 0) * 0x100 + (bytes[2] ?? 0) * 0x10000;
  const type = bytes[3] ?? 0;
  return size >= 4 && size <= bytes.length && type > 0 && type <= 0x1c;
}

function named(packing: Packing, bytes: Uint8Array | undefined): Unpacked | undefined {
  return bytes === undefined ? undefined : { packing, bytes };
}
