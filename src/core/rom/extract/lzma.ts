// SPDX-License-Identifier: AGPL-3.0-or-later
import { u32 } from '../little-endian.ts';

/** What a stream says of itself before its data (LZMA specification of the LZMA SDK, "LZMA file format"). */
interface LzmaHeader {
  /** Bits of the byte before that choose how a literal is coded, bits of the position that do, and bits of the position for all else. */
  readonly lc: number;
  readonly lp: number;
  readonly pb: number;
  readonly sizeBytes: number;
}

const HEADER_BYTES = 13;
/** lc, lp and pb in one byte: (pb * 5 + lp) * 9 + lc, so 9 * 5 * 5 values have a meaning. */
const PROPERTIES = 225;
/** EDK2 packs with 8 to 64 MiB; more is no firmware but something that happens to stand there. */
const MAX_DICTIONARY_BYTES = 0x10000000;

/** The header, undefined where it cannot be one; a size that is not given (all ones) is none, since firmware always gives it. */
function lzmaHeader(bytes: Uint8Array): LzmaHeader | undefined {
  const properties = bytes[0] ?? PROPERTIES;
  if (bytes.length <= HEADER_BYTES || properties >= PROPERTIES) return undefined;
  const rest = Math.floor(properties / 9);
  if (u32(bytes, 1) > MAX_DICTIONARY_BYTES || u32(bytes, 9) !== 0) return undefined;
  return { lc: properties % 9, lp: rest % 5, pb: Math.floor(rest / 5), sizeBytes: u32(bytes, 5) };
}

/** How many bytes a stream says that it gives; undefined where the bytes cannot be a stream of LZMA. */
export function lzmaSizeBytes(bytes: Uint8Array): number | undefined {
  return lzmaHeader(bytes)?.sizeBytes;
}

/** Offsets into one table of probabilities, in the order of the LZMA specification. */
const IS_REP = 192;
const IS_REP_G0 = IS_REP + 12;
const IS_REP_G1 = IS_REP_G0 + 12;
const IS_REP_G2 = IS_REP_G1 + 12;
const IS_REP0_LONG = IS_REP_G2 + 12;
const POS_SLOT = IS_REP0_LONG + 192;
const SPEC_POS = POS_SLOT + 256;
const ALIGN = SPEC_POS + 115;
const LENGTH = ALIGN + 16;
/** Of one length coder: two choices, 16 trees of 8 for low and as many for mid, one of 256 for high. */
const LENGTH_MID = 2 + 128;
const LENGTH_HIGH = LENGTH_MID + 128;
const LENGTH_SIZE = LENGTH_HIGH + 256;
const REP_LENGTH = LENGTH + LENGTH_SIZE;
const LITERAL = REP_LENGTH + LENGTH_SIZE;

/**
 * Unpacks a stream of LZMA ("LZMA alone", a header of 13 bytes). Undefined where the header is none, the stream says that it gives
 * more than `maxBytes`, or it is damaged or cut off. Takes memory for what the stream says and nothing for its dictionary, and time
 * in proportion to that, whatever the bytes are. Written for speed: all state in local variables (see docs/adr/0025).
 */
export function decodeLzma(bytes: Uint8Array, maxBytes: number): Uint8Array | undefined {
  const header = lzmaHeader(bytes);
  if (header === undefined || header.sizeBytes > maxBytes) return undefined;
  const { lc, lp, pb, sizeBytes } = header;
  const probs = new Uint16Array(LITERAL + (0x300 << (lc + lp))).fill(1024);
  const out = new Uint8Array(sizeBytes);
  const end = bytes.length;
  const positionMask = (1 << pb) - 1;
  const literalMask = (1 << lp) - 1;
  let at = HEADER_BYTES + 1;
  let range = 0xffffffff | 0;
  let code = 0;
  for (let index = 0; index < 4; index += 1) code = (code << 8) | (bytes[at++] ?? 0);

  /** One bit by the probability at an index; adapts it. */
  const bit = (index: number): number => {
    const prob = probs[index] as number;
    const bound = Math.imul(range >>> 11, prob);
    let value: number;
    if (code >>> 0 < bound >>> 0) {
      range = bound;
      probs[index] = prob + ((2048 - prob) >>> 5);
      value = 0;
    } else {
      range = (range - bound) | 0;
      code = (code - bound) | 0;
      probs[index] = prob - (prob >>> 5);
      value = 1;
    }
    if (range >>> 24 === 0) {
      range <<= 8;
      code = (code << 8) | (bytes[at++] as number);
    }
    return value;
  };
  const tree = (base: number, bits: number): number => {
    let symbol = 1;
    for (let left = bits; left > 0; left -= 1) symbol = (symbol << 1) | bit(base + symbol);
    return symbol - (1 << bits);
  };
  const reverseTree = (base: number, bits: number): number => {
    let symbol = 1;
    let value = 0;
    for (let index = 0; index < bits; index += 1) {
      const one = bit(base + symbol);
      symbol = (symbol << 1) | one;
      value |= one << index;
    }
    return value;
  };
  const direct = (bits: number): number => {
    let value = 0;
    for (let left = bits; left > 0; left -= 1) {
      range >>>= 1;
      code = (code - range) | 0;
      const isBelow = code >> 31;
      code = (code + (range & isBelow)) | 0;
      if (range >>> 24 === 0) {
        range <<= 8;
        code = (code << 8) | (bytes[at++] as number);
      }
      value = (value << 1) + (isBelow + 1);
    }
    return value;
  };
  const length = (base: number, position: number): number => {
    if (bit(base) === 0) return 2 + tree(base + 2 + (position << 3), 3);
    if (bit(base + 1) === 0) return 10 + tree(base + LENGTH_MID + (position << 3), 3);
    return 18 + tree(base + LENGTH_HIGH, 8);
  };

  let state = 0;
  let rep0 = 0;
  let rep1 = 0;
  let rep2 = 0;
  let rep3 = 0;
  let done = 0;
  while (done < sizeBytes) {
    // past its end the stream is cut off; what was made up from nothing is no answer
    if (at > end) return undefined;
    const position = done & positionMask;
    if (bit((state << 4) + position) === 0) {
      const before = done === 0 ? 0 : (out[done - 1] as number);
      const base = LITERAL + 0x300 * (((done & literalMask) << lc) + (before >> (8 - lc)));
      let symbol = 1;
      if (state >= 7) {
        let match = out[done - rep0 - 1] as number;
        do {
          const matched = (match >> 7) & 1;
          match <<= 1;
          const one = bit(base + ((1 + matched) << 8) + symbol);
          symbol = (symbol << 1) | one;
          if (matched !== one) break;
        } while (symbol < 0x100);
      }
      while (symbol < 0x100) symbol = (symbol << 1) | bit(base + symbol);
      out[done++] = symbol;
      state = state < 4 ? 0 : state < 10 ? state - 3 : state - 6;
      continue;
    }
    let count: number;
    if (bit(IS_REP + state) === 0) {
      rep3 = rep2;
      rep2 = rep1;
      rep1 = rep0;
      count = length(LENGTH, position);
      state = state < 7 ? 7 : 10;
      const slot = tree(POS_SLOT + (Math.min(count - 2, 3) << 6), 6);
      rep0 = slot;
      if (slot >= 4) {
        const bits = (slot >> 1) - 1;
        rep0 = (2 | (slot & 1)) << bits;
        if (slot < 14) rep0 += reverseTree(SPEC_POS + rep0 - slot, bits);
        else {
          rep0 = (rep0 + (direct(bits - 4) << 4) + reverseTree(ALIGN, 4)) >>> 0;
          // the mark of an end, which may come only where the size is not known
          if (rep0 === 0xffffffff) return undefined;
        }
      }
    } else if (bit(IS_REP_G0 + state) === 0) {
      if (bit(IS_REP0_LONG + (state << 4) + position) === 0) {
        state = state < 7 ? 9 : 11;
        if (rep0 >= done) return undefined;
        out[done] = out[done - rep0 - 1] as number;
        done += 1;
        continue;
      }
      count = length(REP_LENGTH, position);
      state = state < 7 ? 8 : 11;
    } else {
      let distance = rep1;
      if (bit(IS_REP_G1 + state) !== 0) {
        if (bit(IS_REP_G2 + state) === 0) distance = rep2;
        else {
          distance = rep3;
          rep3 = rep2;
        }
        rep2 = rep1;
      }
      rep1 = rep0;
      rep0 = distance;
      count = length(REP_LENGTH, position);
      state = state < 7 ? 8 : 11;
    }
    if (rep0 >= done || count > sizeBytes - done) return undefined;
    if (rep0 === 0) {
      out.fill(out[done - 1] as number, done, done + count);
      done += count;
    } else {
      for (let from = done - rep0 - 1, to = done + count; done < to; ) out[done++] = out[from++] as number;
    }
  }
  return at > end ? undefined : out;
}
