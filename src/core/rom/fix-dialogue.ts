// SPDX-License-Identifier: AGPL-3.0-or-later
import { fixRom, hasChecksum, type RomChange } from './fix-rom.ts';
import { sumOf } from './little-endian.ts';
import type { OptionRom } from './option-rom.ts';
import type { OptionRomImage } from './rom-image.ts';
import { imageText } from './rom-parser-text.ts';

/** A question, with what is printed before it. */
export interface Question {
  readonly told: string;
  readonly prompt: string;
}

/** What somebody wants after all questions. */
export interface FixWish {
  readonly changes: readonly RomChange[];
  readonly mendsChecksum: boolean;
  /** What is printed at the end. */
  readonly told: string;
}

/**
 * The questions of rom-fixer (github.com/awilliam/rom-parser), in its words, so that the answers of guides fit: for each image its ids, then the
 * checksum. Unlike there, a checksum is that of each legacy image, and who does not want the id that he typed is asked again. Give each answer
 * to `next`; for the end of the input end the generator instead, which is to abort.
 */
export function* fixDialogue(
  bytes: Uint8Array,
  rom: OptionRom,
  images: readonly OptionRomImage[],
): Generator<Question, FixWish, string> {
  const changes: RomChange[] = [];
  let told = '';
  for (const image of images) {
    told += imageText(image);
    const vendor = yield* askId(`${told}\n`, 'vendor', image.vendor);
    const device = yield* askId('', 'device', image.device);
    changes.push({
      offset: image.offset,
      ...(vendor === undefined ? {} : { vendor }),
      ...(device === undefined ? {} : { device }),
    });
    told = '';
  }
  told = '\tLast image\n';
  const changed = fixRom(bytes, rom, changes, { mendsChecksum: false });
  const content = changed.ok ? changed.value.content : bytes;
  const isWrong = rom.images.some((image) => hasChecksum(image) && sumOf(content, image.offset, image.lengthBytes) !== 0);
  if (!isWrong) return { changes, mendsChecksum: false, told: `${told}ROM checksum OK\n` };
  const mendsChecksum = yield* askYesNo(told, 'ROM checksum is invalid, fix? (y/n): ');
  return { changes, mendsChecksum, told: '' };
}

type Ask<T> = Generator<Question, T, string>;

function* askId(told: string, what: 'vendor' | 'device', now: string): Ask<string | undefined> {
  let before = told;
  for (;;) {
    if (!(yield* askYesNo(before, `Modify ${what} ID ${now}? (y/n): `))) return undefined;
    before = '';
    const typed = (yield { told: '', prompt: `New ${what} ID: ` }).trim();
    const id = /^(?:0x)?([0-9a-f]{1,4})$/i.exec(typed)?.[1]?.toLowerCase().padStart(4, '0');
    if (id === undefined) before = AGAIN;
    else if (yield* askYesNo('', `Overwrite ${what} ID with ${id}? (y/n): `)) return id;
  }
}

const AGAIN = 'Unrecognized response, try again\n';

function* askYesNo(told: string, prompt: string): Ask<boolean> {
  let before = told;
  for (;;) {
    const answer = (yield { told: before, prompt }).trim();
    if (/^y(es)?$/i.test(answer)) return true;
    if (/^no?$/i.test(answer)) return false;
    before = AGAIN;
  }
}
