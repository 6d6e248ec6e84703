// SPDX-License-Identifier: AGPL-3.0-or-later
import { type NvgiContainer, nvgiContainer } from './nvidia-rom.ts';
import { type NoPciData, pciDataAt } from './pci-data.ts';
import { imageAt, imageSignature, npdeStep, type OptionRomImage, specStep } from './rom-image.ts';

/**
 * What is wrong with a ROM: `empty`, only zeros or only ones, as a device answers that does not decode; `no-signature`, no 55 AA at its
 * start; `header-in-front`, the ROM begins later, after what a flash tool put there; `truncated-header`, it ends within its header; `no-pci-data`, no PCI
 * data structure; `pci-data-outside`, the structure would lie behind the end; `truncated`, an image is longer than the file; `no-last-flag`, no image
 * says that it is the last; `no-length`, an image does not say how long it is; `private-images-cut`, NVIDIA's private images that should follow are
 * not there; `too-many-images`, more than any ROM has.
 */
export type OptionRomFault =
  | 'empty'
  | 'no-signature'
  | 'header-in-front'
  | NoPciData
  | 'truncated'
  | 'no-last-flag'
  | 'no-length'
  | 'private-images-cut'
  | 'too-many-images';

/** An option ROM as far as it can be read. */
export interface OptionRom {
  readonly sizeBytes: number;
  /** NVIDIA's header of a flash dump, before the ROM. */
  readonly container?: NvgiContainer;
  /** In the order of the file. NVIDIA's private images may lie within the length of another one. */
  readonly images: readonly OptionRomImage[];
  /** Where the last image ends, in bytes from the start of the file; 0 without images. */
  readonly endOffset: number;
  readonly faults: readonly OptionRomFault[];
}

/** ROMs of graphics cards have up to six images; more than this is no ROM and would only cost time. */
const MOST_IMAGES = 128;

/** Reads a ROM image by image, by the lengths that they say. Total: whatever the bytes are, there is an answer. */
export function parseOptionRom(bytes: Uint8Array): OptionRom {
  const sizeBytes = bytes.length;
  if (isFilledWith(bytes, 0) || isFilledWith(bytes, 0xff)) return { sizeBytes, images: [], endOffset: 0, faults: ['empty'] };
  const container = nvgiContainer(bytes);
  const isAtStart = imageSignature(bytes, 0) === '55aa';
  const start = isAtStart ? 0 : startBehind(bytes, container);
  const known = { sizeBytes, ...(container === undefined ? {} : { container }) };
  if (start === undefined)
    return { ...known, images: [], endOffset: 0, faults: [container === undefined ? 'no-signature' : 'header-in-front'] };
  const faults = new Set<OptionRomFault>(isAtStart ? [] : ['header-in-front']);
  const images = new Map<number, OptionRomImage>();
  const spec = walk(bytes, start, specStep, images);
  if (spec.fault !== undefined) faults.add(spec.fault);
  let endOffset = spec.end;
  if ([...images.values()].some(({ npde }) => npde !== undefined)) {
    const own = walk(bytes, start, npdeStep, images);
    endOffset = Math.max(endOffset, own.end);
    if (own.fault === 'no-last-flag') faults.add('private-images-cut');
    else if (own.fault !== undefined) faults.add(own.fault);
  }
  return {
    ...known,
    images: [...images.values()].sort((a, b) => a.offset - b.offset),
    endOffset,
    faults: [...faults],
  };
}

/** Whether an image with a PCI data structure begins at an offset, whatever else is wrong with it: for searches in firmware. */
export function isRomAt(bytes: Uint8Array, at: number): boolean {
  return imageSignature(bytes, at) === '55aa' && typeof pciDataAt(bytes, at) !== 'string';
}

/**
 * How many bytes of a ROM are needed to know its whole, where only its beginning is here: more than there are as long as an image is cut,
 * or the one behind it has not been seen.
 */
export function bytesWanted(bytes: Uint8Array): number {
  return Math.max(wantedBy(bytes, specStep), wantedBy(bytes, npdeStep));
}

function wantedBy(bytes: Uint8Array, step: typeof specStep): number {
  let offset = 0;
  for (let count = 0; count < MOST_IMAGES; count += 1) {
    const image = imageAt(bytes, offset);
    if (image === 'truncated-header' || image === 'pci-data-outside' || offset >= bytes.length) return bytes.length + 1;
    if (typeof image === 'string') return offset;
    const { bytes: said, isLast } = step(image);
    offset += said;
    if (isLast || said === 0) return offset;
  }
  return offset;
}

interface Walked {
  readonly end: number;
  readonly fault?: OptionRomFault;
}

/** Goes from image to image and notes each; an image that was read before is not read again. */
function walk(bytes: Uint8Array, start: number, step: typeof specStep, images: Map<number, OptionRomImage>): Walked {
  let end = 0;
  let offset = start;
  for (let count = 0; count < MOST_IMAGES; count += 1) {
    const image = images.get(offset) ?? imageAt(bytes, offset);
    if (typeof image === 'string') {
      if (count > 0) return { end, fault: 'no-last-flag' };
      return { end, fault: image };
    }
    images.set(offset, image);
    const { bytes: said, isLast } = step(image);
    end = Math.min(bytes.length, offset + said);
    if (said === 0) return { end, fault: 'no-length' };
    if (offset + said > bytes.length) return { end, fault: 'truncated' };
    if (isLast) return { end };
    offset += said;
  }
  return { end, fault: 'too-many-images' };
}

/** Where the ROM begins in a file that does not begin with it: as its header says, else at the first image that can be read. */
function startBehind(bytes: Uint8Array, container: NvgiContainer | undefined): number | undefined {
  if (container?.romOffset !== undefined && isRomAt(bytes, container.romOffset)) return container.romOffset;
  for (let at = bytes.indexOf(0x55, 1); at > 0; at = bytes.indexOf(0x55, at + 1)) if (isRomAt(bytes, at)) return at;
  return undefined;
}

function isFilledWith(bytes: Uint8Array, value: number): boolean {
  for (const byte of bytes) if (byte !== value) return false;
  return true;
}
