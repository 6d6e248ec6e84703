// SPDX-License-Identifier: AGPL-3.0-or-later
import { hex } from '../little-endian.ts';
import { capsuleHeader } from './capsule.ts';
import { dellPieces } from './dell-update.ts';
import { fileHeader, PAD_FILE, RAW_FILE } from './firmware-file.ts';
import type { FirmwareItem } from './firmware-item.ts';
import { SECTION, sectionHeader } from './firmware-section.ts';
import { align8, findVolume, volumeHeader } from './firmware-volume.ts';
import { type FirmwareWalk, mayEnter, noteFault } from './firmware-walk.ts';
import { flashRegions } from './flash-descriptor.ts';
import { packingOf, unpack } from './unpack-section.ts';

/** Types above are a vendor's own, whose content is not known (UEFI PI 1.8, volume 3, table 3-3). */
const LAST_KNOWN_FILE = 0x0f;

type Items = Generator<FirmwareItem, void>;

/**
 * Walks through a firmware image, an update or a dump of a flash chip, from its first byte to its last and into what is packed. Offsets only grow
 * and every step counts against the limits, so it ends whatever the bytes are; nothing throws.
 */
export function* walkFirmware(walk: FirmwareWalk, bytes: Uint8Array): Items {
  for (const { name, from, to } of flashRegions(bytes)) yield { kind: 'region', depth: 0, name, bytes: bytes.subarray(from, to) };
  const capsule = capsuleHeader(bytes);
  if (capsule !== undefined) yield { kind: 'capsule', depth: 0, guid: capsule.guid, bytes: bytes.subarray(capsule.headerBytes) };
  yield* walkArea(walk, bytes, 0);
  for (const { from, to } of dellPieces(bytes)) {
    if (!mayEnter(walk, 0)) return;
    const packed = bytes.subarray(from, to);
    const left = walk.limits.unpackedBytes - walk.unpackedBytes;
    const most = Math.min(walk.limits.pieceBytes, packed.length * walk.limits.ratio, left);
    const out = walk.inflaters.zlib(packed, most);
    walk.unpackedBytes += out?.length ?? most;
    if (out === undefined) {
      noteFault(walk, "a piece of Dell's update", 'is damaged or larger than allowed');
      continue;
    }
    yield { kind: 'unpacked', depth: 0, packing: 'zlib', bytes: out };
    yield* walkArea(walk, out, 1);
  }
}

/** Bytes without a form: volumes may stand anywhere in them. */
function* walkArea(walk: FirmwareWalk, bytes: Uint8Array, depth: number): Items {
  for (let at = findVolume(bytes, 0); at >= 0; ) {
    const header = volumeHeader(bytes, at);
    if (header === undefined) {
      at = findVolume(bytes, at + 1);
      continue;
    }
    if (!mayEnter(walk, depth)) return;
    const isWhole = header.lengthBytes <= bytes.length - at;
    const volume = bytes.subarray(at, isWhole ? at + header.lengthBytes : bytes.length);
    if (!isWhole) noteFault(walk, `volume ${header.guid}`, 'says that it is longer than what holds it');
    yield { kind: 'volume', depth, guid: header.guid, bytes: volume };
    const reached = header.hasFiles ? yield* walkVolume(walk, volume, header, depth + 1) : header.filesAt;
    if (walk.stopped !== undefined) return;
    // where the length is a lie, what follows may be a volume of its own
    at = findVolume(bytes, at + (isWhole ? header.lengthBytes : reached));
  }
}

/** The files of a volume; answers where the last ends. */
function* walkVolume(
  walk: FirmwareWalk,
  volume: Uint8Array,
  { filesAt, erased, guid }: { readonly filesAt: number; readonly erased: number; readonly guid: string },
  depth: number,
): Generator<FirmwareItem, number> {
  let at = filesAt;
  for (;;) {
    const header = fileHeader(volume, at, erased);
    if (header === undefined) return at;
    if (!header.isSound || header.sizeBytes < header.headerBytes || header.sizeBytes > volume.length - at) {
      noteFault(walk, `volume ${guid}`, `has no file where one should be (at ${at.toString(16)}h)`);
      return at;
    }
    if (!mayEnter(walk, depth)) return at;
    const file = volume.subarray(at, at + header.sizeBytes);
    yield { kind: 'file', depth, guid: header.guid, type: header.type, bytes: file };
    const body = file.subarray(header.headerBytes);
    if (header.type === RAW_FILE) yield* walkArea(walk, body, depth + 1);
    else if (header.type !== PAD_FILE && header.type > 0 && header.type <= LAST_KNOWN_FILE)
      yield* walkSections(walk, body, depth + 1);
    if (walk.stopped !== undefined) return at;
    at = align8(at + header.sizeBytes);
  }
}

/** Sections one behind the other, each on a multiple of 4 from the first. */
function* walkSections(walk: FirmwareWalk, bytes: Uint8Array, depth: number): Items {
  for (let at = 0; ; ) {
    const header = sectionHeader(bytes, at);
    if (header === undefined) return;
    if (header.sizeBytes < header.headerBytes || header.sizeBytes > bytes.length - at) {
      if (!isPadding(bytes, at)) noteFault(walk, `a section of type ${hex(header.type, 2)}`, 'says a length that cannot be');
      return;
    }
    if (!mayEnter(walk, depth)) return;
    const section = bytes.subarray(at, at + header.sizeBytes);
    const { type, guid } = header;
    const body = section.subarray(header.headerBytes);
    yield { kind: 'section', depth, type, ...(guid === undefined ? {} : { guid }), bytes: section, body };
    const packing = packingOf(header, section);
    if (packing !== undefined) {
      const unpacked = unpack(walk, packing, body);
      if (unpacked !== undefined) {
        yield { kind: 'unpacked', depth: depth + 1, ...unpacked };
        yield* walkSections(walk, unpacked.bytes, depth + 1);
      }
    } else if (header.needsProcessing === true)
      noteFault(walk, `a section of kind ${guid}`, 'is packed or signed in a way that is not known; it is read as it stands');
    if (packing === undefined && (type === SECTION.guided || type === SECTION.compression))
      yield* walkSections(walk, body, depth + 1);
    else if (type === SECTION.volume || type === SECTION.raw || type === SECTION.subtype) yield* walkArea(walk, body, depth + 1);
    if (walk.stopped !== undefined) return;
    at += header.sizeBytes + ((4 - (header.sizeBytes % 4)) % 4);
  }
}

function isPadding(bytes: Uint8Array, from: number): boolean {
  const first = bytes[from] ?? 0;
  return (first === 0 || first === 0xff) && bytes.subarray(from).every((byte) => byte === first);
}
