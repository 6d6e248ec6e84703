// SPDX-License-Identifier: AGPL-3.0-or-later
import { sha256Hex } from '../../text/sha256.ts';
import { isRomAt, parseOptionRom } from '../option-rom.ts';
import { findVbt } from '../vbt.ts';
import { type FirmwareWalk, noteFault } from './firmware-walk.ts';
import type { FirmwareFinds } from './found-piece.ts';

/** The largest ROMs of graphics cards have 1 MiB; what says that it is longer is cut here. */
const MOST_ROM_BYTES = 4 * 1024 * 1024;
/** Boards have up to some 20 ROMs; each costs a look at all of its bytes. */
const MOST_ROMS = 256;
/** A Video BIOS Table has some KiB, and boards have up to some 20. */
const MOST_VBT_BYTES = 64 * 1024;
const MOST_VBTS = 64;

/**
 * Looks for option ROMs at every byte: files of vendors have GUIDs of their own, so 55 AA with a linked PCI data structure is the only sign. Images
 * that belong to a ROM found before are no ROM of their own.
 */
export function scanForRoms(walk: FirmwareWalk, bytes: Uint8Array, where: (at: number) => string, { roms }: FirmwareFinds): void {
  const images = new Set<number>();
  let looked = 0;
  for (let at = bytes.indexOf(0x55); at >= 0; at = bytes.indexOf(0x55, at + 1)) {
    if (bytes[at + 1] !== 0xaa || images.has(at) || !isRomAt(bytes, at)) continue;
    looked += 1;
    if (looked > MOST_ROMS) {
      noteFault(walk, 'the search for ROMs', `ended after ${MOST_ROMS} that begin in one piece`);
      return;
    }
    const rom = parseOptionRom(bytes.subarray(at, at + MOST_ROM_BYTES));
    if (rom.endOffset === 0) continue;
    for (const { offset } of rom.images) images.add(at + offset);
    const copy = bytes.slice(at, at + rom.endOffset);
    const sha256 = sha256Hex(copy);
    if (!roms.some((one) => one.sha256 === sha256))
      roms.push({ bytes: copy, sha256, where: where(at), rom: parseOptionRom(copy) });
  }
}

/** Looks for Intel's Video BIOS Tables at every byte. */
export function scanForVbts(bytes: Uint8Array, where: (at: number) => string, { vbts }: FirmwareFinds): void {
  let from = 0;
  for (let looked = 0; looked < MOST_VBTS; looked += 1) {
    const vbt = findVbt(bytes.subarray(from));
    if (vbt === undefined) return;
    const at = from + vbt.offset;
    from = at + 1;
    const copy = bytes.slice(at, at + Math.min(vbt.sizeBytes, MOST_VBT_BYTES));
    const sha256 = sha256Hex(copy);
    if (!vbts.some((one) => one.sha256 === sha256))
      vbts.push({ bytes: copy, sha256, where: where(at), vbt: { ...vbt, offset: 0 } });
  }
}
