// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FirmwareFault, Packing } from './firmware-item.ts';

/** What a search may take, so that no file of a stranger can take the node with it. */
export interface FirmwareLimits {
  /** Packed bytes in packed bytes, volumes in volumes. */
  readonly depth: number;
  /** Volumes, files and sections together. */
  readonly items: number;
  /** One piece that is unpacked. */
  readonly pieceBytes: number;
  /** All pieces that are unpacked, those that turn out to be damaged too. */
  readonly unpackedBytes: number;
  /** How many times a piece may grow that grows to more than `smallBytes`; code grows by 2 to 10, a volume that is mostly padding by thousands. */
  readonly ratio: number;
  readonly smallBytes: number;
}

/**
 * Measured on Debian's OVMF: 278 files and 620 items in 3.6 MiB, which grow to 13 MiB. Images of boards have up to 64 MiB and some
 * thousand files. A volume in a volume, each packed, lies six levels deeper.
 */
export const FIRMWARE_LIMITS: FirmwareLimits = {
  depth: 24,
  items: 200_000,
  pieceBytes: 64 * 1024 * 1024,
  unpackedBytes: 512 * 1024 * 1024,
  ratio: 100,
  smallBytes: 16 * 1024 * 1024,
};

/** What core cannot do itself, since Node has it; each answers undefined where the bytes are damaged or give more than `maxBytes`. */
export interface Inflaters {
  readonly zlib: (bytes: Uint8Array, maxBytes: number) => Uint8Array | undefined;
  readonly brotli: (bytes: Uint8Array, maxBytes: number) => Uint8Array | undefined;
}

/** One search: its limits, what it has taken, and what it found wrong. */
export interface FirmwareWalk {
  readonly limits: FirmwareLimits;
  readonly inflaters: Inflaters;
  /** Whether the time is over; asked between pieces. */
  readonly isLate: () => boolean;
  readonly faults: FirmwareFault[];
  items: number;
  unpackedBytes: number;
  /** Why the search ended before its end. */
  stopped?: string;
}

/** So many are noted, since a damaged image has thousands. */
export const MOST_FAULTS = 50;

/** Notes a fault, as long as there are not too many. */
export function noteFault(walk: FirmwareWalk, what: string, fault: string): void {
  if (walk.faults.length < MOST_FAULTS) walk.faults.push({ what, fault });
}

/** Counts one more item at a depth; false where a limit is reached, so that the search has to turn back. */
export function mayEnter(walk: FirmwareWalk, depth: number): boolean {
  walk.items += 1;
  if (walk.items > walk.limits.items) walk.stopped ??= `it has more than ${walk.limits.items} parts`;
  else if (walk.isLate()) walk.stopped ??= 'it took too long';
  if (walk.stopped !== undefined) return false;
  if (depth <= walk.limits.depth) return true;
  noteFault(walk, 'a part', `lies more than ${walk.limits.depth} levels deep and was left out`);
  return false;
}

/**
 * How many bytes a piece may have when unpacked, by how many it says (undefined: nothing it could say is believed) and the limits; undefined when
 * it may not be unpacked. What it says is charged even where it turns out to be damaged.
 */
export function chargeUnpacking(
  walk: FirmwareWalk,
  packing: Packing,
  packedBytes: number,
  saidBytes: number | undefined,
): number | undefined {
  if (saidBytes === undefined) {
    noteFault(walk, `a piece packed with ${packing}`, 'has no header that makes sense');
    return undefined;
  }
  const { pieceBytes, unpackedBytes, ratio, smallBytes } = walk.limits;
  if (saidBytes > pieceBytes || saidBytes > Math.max(packedBytes * ratio, smallBytes)) {
    noteFault(walk, `a piece packed with ${packing}`, `says that ${packedBytes} bytes grow to ${saidBytes} and was left out`);
    return undefined;
  }
  if (walk.unpackedBytes + saidBytes > unpackedBytes) {
    walk.stopped ??= `it grows to more than ${unpackedBytes} bytes`;
    return undefined;
  }
  walk.unpackedBytes += saidBytes;
  return saidBytes;
}
