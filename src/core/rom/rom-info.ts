// SPDX-License-Identifier: AGPL-3.0-or-later
import { sha256Hex } from '../text/sha256.ts';
import { atomBiosAt } from './atom-bios.ts';
import { examineRom } from './examine-rom.ts';
import { decodeTiano } from './extract/tiano.ts';
import { findGopVersion } from './gop-version.ts';
import { type OptionRom, parseOptionRom } from './option-rom.ts';
import { type RomFinding, romFinding } from './rom-finding.ts';
import type { OptionRomImage } from './rom-image.ts';
import { findVbt, type Vbt } from './vbt.ts';

/** Everything that a ROM says of itself, and what is wrong with it. */
export interface RomInfo extends Omit<OptionRom, 'faults'> {
  /** SHA-256 of the whole file, in hex. */
  readonly sha256: string;
  /** Bytes behind the last image: padding is only zeros or only ones. */
  readonly behind: { readonly bytes: number; readonly isPadding: boolean };
  /** Drivers of EFI images that were compressed: how long they are unpacked; null where they cannot be unpacked. */
  readonly unpacked: readonly { readonly offset: number; readonly bytes: number | null }[];
  /** Version of Intel's GOP driver. */
  readonly gopVersion?: string;
  /** Intel's Video BIOS Table. */
  readonly vbt?: Vbt;
  /** AMD's marker, in an image of this ROM. */
  readonly atomBios?: { readonly offset: number; readonly hasHeader: boolean };
  readonly findings: readonly RomFinding[];
}

/** Ids of a device, four hex digits each. */
export interface DeviceIds {
  readonly vendor: string;
  readonly device: string;
}

/** For all drivers of a ROM together, of which none comes near it; a header that says more is not believed. */
const MOST_UNPACKED_BYTES = 8 * 1024 * 1024;

/** Reads a ROM as a whole; with the ids of a device also whether it fits that one. Total: whatever the bytes are, there is an answer. */
export function romInfo(bytes: Uint8Array, wanted?: DeviceIds): RomInfo {
  const { faults, ...rom } = parseOptionRom(bytes);
  const [first] = rom.images;
  const body = bytes.subarray(first?.offset ?? 0, first === undefined ? bytes.length : rom.endOffset);
  const drivers = unpackedDrivers(bytes, rom.images);
  const gopVersion = [body, ...drivers.map(({ driver }) => driver ?? new Uint8Array())]
    .map(findGopVersion)
    .find((one) => one !== undefined);
  const vbt = findVbt(bytes);
  const atom = rom.images.flatMap((image) => {
    const found = atomBiosAt(bytes, image.offset);
    return found === undefined ? [] : [{ offset: image.offset, ...found }];
  })[0];
  // Without a length nobody knows what belongs to the last image.
  const isOpen = faults.includes('no-length') || faults.includes('too-many-images');
  const behind = isOpen ? { bytes: 0, isPadding: false } : behindRom(bytes, rom);
  return {
    ...rom,
    sha256: sha256Hex(bytes),
    behind,
    unpacked: drivers.map(({ offset, driver }) => ({ offset, bytes: driver?.length ?? null })),
    ...(gopVersion === undefined ? {} : { gopVersion }),
    ...(vbt === undefined ? {} : { vbt }),
    ...(atom === undefined ? {} : { atomBios: atom }),
    findings: [
      ...examineRom({ faults, ...rom }),
      ...drivers.flatMap(({ offset, driver }) => (driver === undefined ? [romFinding('efi-compression', { offset })] : [])),
      ...(vbt?.isWhole === false ? [romFinding('vbt-cut', { offset: vbt.offset })] : []),
      ...(behind.bytes > 0
        ? [romFinding(behind.isPadding ? 'padding' : 'more-data', { offset: rom.endOffset, value: `${behind.bytes} bytes` })]
        : []),
      ...(wanted === undefined || rom.images.length === 0 || isFor(rom, wanted)
        ? []
        : [romFinding('other-device', { value: `${wanted.vendor}:${wanted.device}` })]),
    ],
  };
}

/** Whether an image that firmware runs is for a device: by its own id, or by its list. */
export function isFor({ images }: Pick<OptionRom, 'images'>, { vendor, device }: DeviceIds): boolean {
  return images.some(
    (image) =>
      image.signature === '55aa' && image.vendor === vendor && (image.device === device || image.deviceList.includes(device)),
  );
}

/** The drivers of compressed EFI images, as far as there is room for them; what cannot be unpacked is undefined. */
function unpackedDrivers(
  bytes: Uint8Array,
  images: readonly OptionRomImage[],
): readonly { readonly offset: number; readonly driver: Uint8Array | undefined }[] {
  let room = MOST_UNPACKED_BYTES;
  return images.flatMap(({ offset, lengthBytes, efi }) => {
    if (efi?.compression !== 1 || !efi.signatureOk) return [];
    const end = offset + lengthBytes;
    const driver = decodeTiano(bytes.subarray(Math.min(offset + efi.peOffset, end), end), room, 4);
    room -= driver?.length ?? 0;
    return [{ offset, driver }];
  });
}

function behindRom(bytes: Uint8Array, { images, endOffset }: Pick<OptionRom, 'images' | 'endOffset'>): RomInfo['behind'] {
  if (images.length === 0) return { bytes: 0, isPadding: false };
  const first = bytes[endOffset];
  const isPadding = (first === 0 || first === 0xff) && isOnly(bytes, endOffset, first);
  return { bytes: bytes.length - endOffset, isPadding };
}

function isOnly(bytes: Uint8Array, from: number, value: number): boolean {
  for (let at = from; at < bytes.length; at += 1) if (bytes[at] !== value) return false;
  return true;
}
