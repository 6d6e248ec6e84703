// SPDX-License-Identifier: AGPL-3.0-or-later
import { hex } from '../little-endian.ts';
import { GopWatch } from './find-gop.ts';
import type { FirmwareFault, FirmwareItem } from './firmware-item.ts';
import { FIRMWARE_LIMITS, type FirmwareLimits, type FirmwareWalk, type Inflaters } from './firmware-walk.ts';
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
}

/**
 * Looks for option ROMs, GOP drivers and Video BIOS Tables in a firmware image and in all that is packed in it. Tells now and then how far it has come.
 * Total: whatever the bytes are, there is an answer, and time and memory stay within the limits.
 */
export function* searchFirmware(bytes: Uint8Array, means: SearchMeans): Generator<SearchProgress, SearchedFirmware> {
  const { inflaters, isLate, limits = FIRMWARE_LIMITS } = means;
  const walk: FirmwareWalk = { limits, inflaters, isLate, faults: [], items: 0, unpackedBytes: 0 };
  const finds: FirmwareFinds = { roms: [], gops: [], vbts: [] };
  const watch = new GopWatch(finds);
  const counts = { volume: 0, file: 0, section: 0, region: 0, capsule: 0, unpacked: 0 };
  const layers = new Map<string, number>();
  let file = '';
  scan(walk, bytes, (at) => `at ${hex(at, 0)}h`, finds);
  for (const item of walkFirmware(walk, bytes)) {
    counts[item.kind] += 1;
    watch.see(item);
    if (item.kind === 'file') file = item.guid;
    const layer = layerOf(item);
    if (layer !== undefined) layers.set(layer, (layers.get(layer) ?? 0) + 1);
    if (item.kind === 'unpacked') scan(walk, item.bytes, () => (file === '' ? 'packed' : `packed in file ${file}`), finds);
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

function scan(walk: FirmwareWalk, bytes: Uint8Array, where: (at: number) => string, finds: FirmwareFinds): void {
  scanForRoms(walk, bytes, where, finds);
  scanForVbts(bytes, where, finds);
}

function layerOf(item: FirmwareItem): string | undefined {
  if (item.kind === 'region') return `flash region: ${item.name}`;
  if (item.kind === 'capsule') return `capsule ${item.guid}`;
  return item.kind === 'unpacked' ? `packed with ${item.packing}` : undefined;
}
