// SPDX-License-Identifier: AGPL-3.0-or-later
import { u32 } from '../little-endian.ts';

const CALL = 0xe8;
const JUMP = 0xe9;
const INSTRUCTION_BYTES = 5;
/** By which of the three bytes before were a call or jump: whether the operand may be converted, and how many bytes it shares. */
const MAY_CONVERT = [true, true, true, false, true, false, false, false];
const SHARED = [0, 1, 2, 2, 3, 3, 3, 3];

/**
 * Takes the x86 filter ("BCJ") back in place: packers turn the targets of calls and jumps from relative to absolute, so that
 * they repeat (LZMA SDK, Bra86.c; EDK2 uses it in its GUIDed section LzmaF86). The first byte stands at address 0.
 */
export function undoX86Filter(bytes: Uint8Array): void {
  let mask = 0;
  let last = -INSTRUCTION_BYTES;
  for (let at = 0; at + INSTRUCTION_BYTES <= bytes.length; ) {
    const opcode = bytes[at];
    if (opcode !== CALL && opcode !== JUMP) {
      at += 1;
      continue;
    }
    const gap = at - last;
    last = at;
    mask = gap > INSTRUCTION_BYTES ? 0 : shifted(mask, gap);
    const top = bytes[at + 4] ?? 0;
    if (!isSign(top) || MAY_CONVERT[(mask >> 1) & 7] !== true || mask >> 1 >= 0x10) {
      mask |= isSign(top) ? 0x11 : 1;
      at += 1;
      continue;
    }
    let value = u32(bytes, at + 1) | 0;
    let target = (value - (at + INSTRUCTION_BYTES)) | 0;
    while (mask !== 0) {
      const shared = (SHARED[mask >> 1] ?? 0) * 8;
      if (!isSign((target >>> (24 - shared)) & 0xff)) break;
      value = target ^ (shared === 0 ? -1 : (1 << (32 - shared)) - 1);
      target = (value - (at + INSTRUCTION_BYTES)) | 0;
    }
    bytes[at + 1] = target;
    bytes[at + 2] = target >>> 8;
    bytes[at + 3] = target >>> 16;
    bytes[at + 4] = (target >>> 24) & 1 ? 0xff : 0;
    at += INSTRUCTION_BYTES;
    mask = 0;
  }
}

function shifted(mask: number, steps: number): number {
  let moved = mask;
  for (let step = 0; step < steps; step += 1) moved = (moved & 0x77) << 1;
  return moved;
}

function isSign(byte: number): boolean {
  return byte === 0 || byte === 0xff;
}
