// SPDX-License-Identifier: AGPL-3.0-or-later
import { u32 } from '../little-endian.ts';

/**
 * Width of the field that says how many position codes follow: 4 in the algorithm of the UEFI specification ("EFI 1.1"), 5 in
 * Tiano's (edk2 BaseUefiDecompressLib.c, mPBit).
 */
export type PositionBits = 4 | 5;

const HEADER_BYTES = 8;
/** 256 literals and lengths 3 to 256. */
const CHARACTERS = 510;
const CHARACTER_BITS = 9;
const EXTRA = 19;
const EXTRA_BITS = 5;
const LONGEST_CODE = 16;
/** A length is 253 less than its symbol: 256 stands for a match of 3 bytes. */
const LENGTH_OFFSET = 253;

/** How many bytes a stream says that it gives; undefined where it says that it is longer than the bytes are. */
export function tianoSizeBytes(bytes: Uint8Array): number | undefined {
  return bytes.length <= HEADER_BYTES || u32(bytes, 0) > bytes.length - HEADER_BYTES ? undefined : u32(bytes, 4);
}

/** Codes by length, and the symbols in the order of their codes. */
interface Codes {
  readonly counts: Uint16Array;
  readonly symbols: Uint16Array;
  /** The only symbol, which then takes no bits. */
  readonly only?: number;
}

/** Bits from the highest of each byte on. Past the end there are zeros; that, and what no stream holds, makes it broken for good. */
class Bits {
  private at: number;
  private held = 0;
  private left = 0;
  private isDamaged = false;
  private readonly bytes: Uint8Array;
  private readonly end: number;

  constructor(bytes: Uint8Array, from: number, end: number) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
  }

  isBroken(): boolean {
    return this.isDamaged || this.at > this.end;
  }

  damage(): void {
    this.isDamaged = true;
  }

  one(): number {
    if (this.left === 0) {
      this.held = this.at < this.end ? (this.bytes[this.at] as number) : 0;
      this.at += 1;
      this.left = 8;
    }
    this.left -= 1;
    return (this.held >> this.left) & 1;
  }

  take(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index += 1) value = (value << 1) | this.one();
    return value;
  }

  symbol({ counts, symbols, only }: Codes): number {
    if (only !== undefined) return only;
    let code = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= LONGEST_CODE; length += 1) {
      code |= this.one();
      const count = counts[length] as number;
      if (code - count < first) return symbols[index + (code - first)] as number;
      index += count;
      first = (first + count) << 1;
      code <<= 1;
    }
    this.damage();
    return 0;
  }
}

/**
 * Unpacks a stream of EFI 1.1 or Tiano compression. Undefined where it says that it gives more than `maxBytes`, or is damaged or cut
 * off. Time and memory are in proportion to what it says that it gives.
 */
export function decodeTiano(bytes: Uint8Array, maxBytes: number, positionBits: PositionBits): Uint8Array | undefined {
  const sizeBytes = tianoSizeBytes(bytes);
  if (sizeBytes === undefined || sizeBytes > maxBytes) return undefined;
  return unpack(new Bits(bytes, HEADER_BYTES, HEADER_BYTES + u32(bytes, 0)), new Uint8Array(sizeBytes), positionBits);
}

function unpack(bits: Bits, out: Uint8Array, positionBits: PositionBits): Uint8Array | undefined {
  let inBlock = 0;
  let characters: Codes = NONE;
  let positions: Codes = NONE;
  for (let done = 0; done < out.length; ) {
    if (bits.isBroken()) return undefined;
    if (inBlock === 0) {
      inBlock = bits.take(16);
      if (inBlock === 0) return undefined;
      const extra = readLengths(bits, EXTRA, EXTRA_BITS, 3);
      characters = readCharacters(bits, extra);
      positions = readLengths(bits, (1 << positionBits) - 1, positionBits, -1);
    }
    inBlock -= 1;
    const symbol = bits.symbol(characters);
    if (symbol < 256) {
      out[done] = symbol;
      done += 1;
      continue;
    }
    const slot = bits.symbol(positions);
    const distance = slot > 1 ? (1 << (slot - 1)) + bits.take(slot - 1) : slot;
    let from = done - distance - 1;
    if (from < 0) return undefined;
    // the last match may reach over the end, which EDK2 allows as well
    for (const to = Math.min(done + symbol - LENGTH_OFFSET, out.length); done < to; done += 1) {
      out[done] = out[from] as number;
      from += 1;
    }
  }
  return bits.isBroken() ? undefined : out;
}

const NONE: Codes = { counts: new Uint16Array(LONGEST_CODE + 1), symbols: new Uint16Array(0) };

/** Lengths of codes in three bits or more each; after the first `special` of them, two bits say how many are left out. */
function readLengths(bits: Bits, most: number, width: number, special: number): Codes {
  const number = bits.take(width);
  if (number === 0) return { ...NONE, only: bits.take(width) };
  const lengths = new Uint8Array(most);
  for (let index = 0; index < Math.min(number, most); ) {
    let length = bits.take(3);
    if (length === 7) while (length < LONGEST_CODE && bits.one() === 1) length += 1;
    lengths[index] = length;
    index += 1;
    if (index === special) index += bits.take(2);
  }
  return codesOf(bits, lengths);
}

/** Lengths of the codes of literals and lengths, packed themselves: 0 to 2 stand for runs without a code. */
function readCharacters(bits: Bits, extra: Codes): Codes {
  const number = bits.take(CHARACTER_BITS);
  if (number === 0) return { ...NONE, only: bits.take(CHARACTER_BITS) };
  const lengths = new Uint8Array(CHARACTERS);
  for (let index = 0; index < Math.min(number, CHARACTERS); ) {
    const symbol = bits.symbol(extra);
    if (symbol > 2) {
      lengths[index] = symbol - 2;
      index += 1;
    } else index += symbol === 0 ? 1 : symbol === 1 ? bits.take(4) + 3 : bits.take(CHARACTER_BITS) + 20;
  }
  return codesOf(bits, lengths);
}

/** Codes in the order of their lengths, then of their symbols; more codes than fit are damage. */
function codesOf(bits: Bits, lengths: Uint8Array): Codes {
  const counts = new Uint16Array(LONGEST_CODE + 1);
  for (const length of lengths) if (length > 0) counts[length] = (counts[length] ?? 0) + 1;
  let room = 1;
  const starts = new Uint16Array(LONGEST_CODE + 2);
  for (let length = 1; length <= LONGEST_CODE; length += 1) {
    room = room * 2 - (counts[length] as number);
    if (room < 0) bits.damage();
    starts[length + 1] = (starts[length] as number) + (counts[length] as number);
  }
  const symbols = new Uint16Array(lengths.length);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    symbols[starts[length] as number] = symbol;
    starts[length] = (starts[length] as number) + 1;
  });
  return { counts, symbols };
}
