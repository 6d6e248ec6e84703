// SPDX-License-Identifier: AGPL-3.0-or-later
import { u32 } from '../little-endian.ts';

/** Packed bytes of an update program of Dell, which holds its image in pieces of zlib. */
export interface DellPiece {
  readonly from: number;
  readonly to: number;
}

/** Stands behind the length of a piece and before a byte that says what it is (github.com/platomav/BIOSUtilities, dell_pfs_extract). */
const MARK = [0xaa, 0xee, 0xaa, 0x76, 0x1b, 0xec, 0xbb, 0x20, 0xf1, 0xe6, 0x51] as const;
const HEADER_BYTES = 16;
const LENGTH_BYTES = 4;
/** A program has a few; thousands are something else. */
const MOST_PIECES = 64;

/** The packed pieces of an update program of Dell; empty for everything else. */
export function dellPieces(bytes: Uint8Array): readonly DellPiece[] {
  const pieces: DellPiece[] = [];
  for (let at = bytes.indexOf(MARK[0]); at >= 0 && pieces.length < MOST_PIECES; at = bytes.indexOf(MARK[0], at + 1)) {
    if (at < LENGTH_BYTES || !MARK.every((byte, index) => bytes[at + index] === byte)) continue;
    const from = at - LENGTH_BYTES + HEADER_BYTES;
    const to = Math.min(from + u32(bytes, at - LENGTH_BYTES), bytes.length);
    if (to - from > 2 && bytes[from] === 0x78) pieces.push({ from, to });
  }
  return pieces;
}
