// SPDX-License-Identifier: AGPL-3.0-or-later
import { ok, problem, type Result } from '../problem.ts';
import { sumOf } from './little-endian.ts';
import type { OptionRom } from './option-rom.ts';
import { LEGACY_CODE, type OptionRomImage } from './rom-image.ts';

/** What of one image shall be another: four hex digits for ids, six for the class. */
export interface RomChange {
  /** Where the image begins. */
  readonly offset: number;
  readonly vendor?: string;
  readonly device?: string;
  readonly class?: string;
}

/** One field that is another now. */
export interface FixedField {
  readonly offset: number;
  readonly field: 'vendor' | 'device' | 'class' | 'checksum';
  readonly before: string;
  readonly after: string;
}

/** A ROM with its changes. */
export interface FixedRom {
  readonly content: Uint8Array;
  /** Empty where nothing had to change. */
  readonly fields: readonly FixedField[];
}

/** Where tools correct the sum: free behind the jump at 3 in 82 of 89 legacy images that were looked at. */
const CHECKSUM_OFFSET = 6;
const NVIDIA = '10de';

/**
 * Changes ids and classes of images, and where `mendsChecksum` is set the sum of each legacy image that is wrong then. EFI images have no
 * checksum: their byte 6 belongs to the signature, so it is never touched. The given bytes stay as they are.
 */
export function fixRom(
  bytes: Uint8Array,
  rom: OptionRom,
  changes: readonly RomChange[],
  { mendsChecksum }: { readonly mendsChecksum: boolean },
): Result<FixedRom> {
  const content = bytes.slice();
  const fields: FixedField[] = [];
  for (const image of rom.images) {
    const change = changes.find(({ offset }) => offset === image.offset);
    if (change !== undefined) fields.push(...changeIds(content, image, change));
  }
  for (const image of mendsChecksum ? rom.images.filter(hasChecksum) : []) {
    const sum = sumOf(content, image.offset, image.lengthBytes);
    if (sum === 0) continue;
    const at = image.offset + CHECKSUM_OFFSET;
    const before = content[at] ?? 0;
    content[at] = (before - sum) & 0xff;
    fields.push({ offset: image.offset, field: 'checksum', before: byteText(before), after: byteText(content[at] ?? 0) });
  }
  return ok({ content, fields });
}

/** Whether an image has a checksum that firmware looks at, and is here as a whole. */
export function hasChecksum(image: OptionRomImage): boolean {
  return image.checksumOk !== undefined;
}

/** Why a ROM should not be changed, unless somebody insists: what is missing of it, or who made it. */
export function fixObstacle(rom: OptionRom): Result<void> {
  const legacy = rom.images.filter(({ codeType, signature }) => codeType === LEGACY_CODE && signature === '55aa');
  if (rom.images.length === 0)
    return problem('format.unreadable', 'This is no option ROM, so there is nothing to change.', {
      hint: 'pveigpu rom info FILE says what is wrong with it.',
    });
  if (rom.faults.includes('truncated') && legacy.some(({ lengthBytes, saidBytes }) => lengthBytes < saidBytes))
    return problem('format.unreadable', 'A part of the ROM is missing, so its checksum cannot be mended.', {
      hint: 'Dump it again, or find it in the BIOS update of the board: pveigpu rom extract FILE',
    });
  if (rom.images.some(({ vendor, npde }) => vendor === NVIDIA || npde !== undefined))
    return problem(
      'gpu.cannot',
      'This is a ROM of NVIDIA, which cards since Maxwell check by a signature: a changed one may not be taken.',
      {
        hint: 'Go on all the same with --force.',
      },
    );
  return ok(undefined);
}

function changeIds(content: Uint8Array, image: OptionRomImage, change: RomChange): readonly FixedField[] {
  const at = image.offset + image.pciOffset;
  const places = { vendor: [at + 4, 2], device: [at + 6, 2], class: [at + 0x0d, 3] } as const;
  return (['vendor', 'device', 'class'] as const).flatMap((field): readonly FixedField[] => {
    const [before, after] = [image[field], change[field]];
    if (after === undefined || after === before) return [];
    const [place, length] = places[field];
    for (let i = 0; i < length; i += 1) content[place + i] = (Number.parseInt(after, 16) >>> (8 * i)) & 0xff;
    return [{ offset: image.offset, field, before, after }];
  });
}

function byteText(value: number): string {
  return value.toString(16).padStart(2, '0');
}
