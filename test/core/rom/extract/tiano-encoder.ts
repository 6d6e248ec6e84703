// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * Packs bytes as EFI 1.1 (4) or Tiano (5) with codes of constant lengths: not small, but every part of the format is in it. Written from the
 * description in the UEFI specification 2.10, chapter 19.
 */
export function encodeTiano(data: Uint8Array, positionBits: 4 | 5): Uint8Array {
  const out = new BitWriter();
  const symbols = matches(data);
  for (let from = 0; from < symbols.length; from += BLOCK) writeBlock(out, symbols.slice(from, from + BLOCK), positionBits);
  const stream = out.end();
  const header = new DataView(new ArrayBuffer(8));
  header.setUint32(0, stream.length, true);
  header.setUint32(4, data.length, true);
  return Uint8Array.from([...new Uint8Array(header.buffer), ...stream]);
}

/** Small, so that a test has several blocks. */
const BLOCK = 3000;

interface Symbol {
  readonly symbol: number;
  readonly distance: number;
}

/** Greedy matches of 3 to 256 bytes, the nearest first, as far back as both widths can say. */
function matches(data: Uint8Array): Symbol[] {
  const last = new Map<number, number>();
  const found: Symbol[] = [];
  for (let at = 0; at < data.length; ) {
    const key = ((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0);
    const before = at + 3 <= data.length ? last.get(key) : undefined;
    last.set(key, at);
    let length = 0;
    if (before !== undefined && at - before - 1 < 0x2000)
      while (length < 256 && at + length < data.length && data[before + length] === data[at + length]) length += 1;
    if (before === undefined || length < 3) {
      found.push({ symbol: data[at] ?? 0, distance: -1 });
      at += 1;
    } else {
      found.push({ symbol: length + 253, distance: at - before - 1 });
      at += length;
    }
  }
  return found;
}

function writeBlock(out: BitWriter, symbols: readonly Symbol[], positionBits: 4 | 5): void {
  out.put(symbols.length, 16);
  // lengths 8 and 9 of characters stand as 10 and 11, each with a code of one bit
  out.put(12, 5);
  for (let index = 0; index < 12; index += 1) {
    out.put(index >= 10 ? 1 : 0, 3);
    if (index === 2) out.put(0, 2);
  }
  out.put(510, 9);
  for (let index = 0; index < 510; index += 1) out.put(index < 2 ? 0 : 1, 1);
  const slots = (1 << positionBits) - 1;
  out.put(slots, positionBits);
  for (let slot = 0; slot < slots; slot += 1) out.put(slot === 0 ? positionBits - 1 : positionBits, 3);
  for (const { symbol, distance } of symbols) {
    if (symbol < 2) out.put(symbol, 8);
    else out.put(symbol + 2, 9);
    if (symbol < 256) continue;
    const slot = distance === 0 ? 0 : 32 - Math.clz32(distance);
    if (slot === 0) out.put(0, positionBits - 1);
    else out.put(slot + 1, positionBits);
    if (slot > 1) out.put(distance - (1 << (slot - 1)), slot - 1);
  }
}

class BitWriter {
  private readonly bytes: number[] = [];
  private held = 0;
  private count = 0;

  put(value: number, bits: number): void {
    for (let index = bits - 1; index >= 0; index -= 1) {
      this.held = (this.held << 1) | ((value >> index) & 1);
      this.count += 1;
      if (this.count < 8) continue;
      this.bytes.push(this.held);
      [this.held, this.count] = [0, 0];
    }
  }

  end(): readonly number[] {
    while (this.count > 0) this.put(0, 1);
    return [...this.bytes, 0];
  }
}
