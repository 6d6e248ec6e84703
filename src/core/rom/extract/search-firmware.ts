// SPDX-License-Identifier: AGPL-3.0-or-later
import { hex } from '../little-endian.ts';
import { GopWatch } from './find-gop.ts';
import type { FirmwareFault, FirmwareItem } from './firmware-item.ts';
import { FIRMWARE_LIMITS, type FirmwareLimits, type FirmwareWalk, type Inflaters, MOST_FAULTS } from './firmware-walk.ts';
import type { FirmwareFinds } from './found-piece.ts';
import { scanForRoms, scanForVbts } from './scan-bytes.ts';
import { walkFirmware } from './walk-firmware.ts';

/** What a firmware image is made of, and what was found in it. */
export interface SearchedFirmware extends FirmwareFinds {
  /** What lies around the image or in it, in words: `flash descriptor with regions ...`, `capsule GUID`, `3 pieces packed with lzma`. */
  readonly layers: readonly string[];
  readonly volumes: number;
  readonly files: number;
  readonly sections: number;
  /** How many bytes all packed pieces grew to. */
  readonly unpackedBytes: number;
  readonly faults: readonly FirmwareFault[];
  /** Why the search ended early; what was found before stands. */
  readonly stopped?: string;
}

/** How far a search has come, in bytes of the image. */
export interface SearchProgress {
  readonly doneBytes: number;
  readonly totalBytes: number;
}

/** What a search is given beside the bytes. */
export interface SearchMeans {
  readonly inflaters: Inflaters;
  /** Whether the time is over. */
  readonly isLate: () => boolean;
  readonly limits?: FirmwareLimits;
  /** Put before where each find is: `in bios.bin, `. */
  readonly where?: string;
}

/**
 * Looks for option ROMs, GOP drivers and Video BIOS Tables in a firmware image and in all that is packed in it. Tells now and then how far it has come.
 * Total: whatever the bytes are, there is an answer, and time and memory stay within the limits.
 */
export function* searchFirmware(bytes: Uint8Array, means: SearchMeans): Generator<SearchProgress, SearchedFirmware> {
  const { inflaters, isLate, limits = FIRMWARE_LIMITS, where = '' } = means;
  const walk: FirmwareWalk = { limits, inflaters, isLate, faults: [], items: 0, unpackedBytes: 0 };
  const finds: FirmwareFinds = { roms: [], gops: [], vbts: [] };
  const watch = new GopWatch(finds, where);
  const counts = { volume: 0, file: 0, section: 0, region: 0, capsule: 0, unpacked: 0 };
  const layers = new Map<string, number>();
  let file = '';
  scan(walk, bytes, (at) => `${where}at ${hex(at, 0)}h`, finds);
  for (const item of walkFirmware(walk, bytes)) {
    counts[item.kind] += 1;
    watch.see(item);
    if (item.kind === 'file') file = item.guid;
    const layer = layerOf(item);
    if (layer !== undefined) layers.set(layer, (layers.get(layer) ?? 0) + 1);
    if (item.kind === 'unpacked') scan(walk, item.bytes, () => `${where}packed${file === '' ? '' : ` in file ${file}`}`, finds);
    if (item.bytes.buffer === bytes.buffer && item.kind !== 'region' && item.kind !== 'capsule')
      yield { doneBytes: item.bytes.byteOffset - bytes.byteOffset, totalBytes: bytes.length };
  }
  watch.end();
  return {
    ...finds,
    layers: [...layers].map(([layer, count]) => (count > 1 ? `${layer} (${count} times)` : layer)),
    volumes: counts.volume,
    files: counts.file,
    sections: counts.section,
    unpackedBytes: walk.unpackedBytes,
    faults: walk.faults,
    ...(walk.stopped === undefined ? {} : { stopped: walk.stopped }),
  };
}

/** Searches of several files as one; what stands in more than one of them is listed once. */
export function joinSearches(all: readonly SearchedFirmware[]): SearchedFirmware {
  const sum = (count: (one: SearchedFirmware) => number) => all.reduce((total, one) => total + count(one), 0);
  const stopped = all.find((one) => one.stopped !== undefined)?.stopped;
  return {
    roms: distinct(all.flatMap(({ roms }) => roms)),
    gops: distinct(all.flatMap(({ gops }) => gops)),
    vbts: distinct(all.flatMap(({ vbts }) => vbts)),
    layers: [...new Set(all.flatMap(({ layers }) => layers))],
    volumes: sum(({ volumes }) => volumes),
    files: sum(({ files }) => files),
    sections: sum(({ sections }) => sections),
    unpackedBytes: sum(({ unpackedBytes }) => unpackedBytes),
    faults: all.flatMap(({ faults }) => faults).slice(0, MOST_FAULTS),
    ...(stopped === undefined ? {} : { stopped }),
  };
}

function distinct<T extends { readonly sha256: string }>(pieces: readonly T[]): T[] {
  return [...new Map(pieces.map((piece) => [piece.sha256, piece])).values()];
}

function scan(walk: FirmwareWalk, bytes: Uint8Array, where: (at: number) => string, finds: FirmwareFinds): void {
  scanForRoms(walk, bytes, where, finds);
  scanForVbts(bytes, where, finds);
}

function layerOf(item: FirmwareItem): string | undefined {
  if (item.kind === 'region') return `flash region: ${item.name}`;
  if (item.kind === 'capsule') return `capsule ${item.guid}`;
  return item.kind === 'unpacked' ? `packed with ${item.packing}` : undefined;
}
