// SPDX-License-Identifier: AGPL-3.0-or-later
import { type DeviceIds, isFor } from '../rom-info.ts';
import { romSourceOf } from '../rom-sources.ts';
import type { FirmwareFault } from './firmware-item.ts';
import type { FoundGop, FoundRom, FoundVbt } from './found-piece.ts';
import type { SearchedFirmware } from './search-firmware.ts';

/** A display device of the machine. */
export interface DisplayIds extends DeviceIds {
  readonly bdf: string;
}

interface ExtractedPiece {
  readonly bytes: number;
  readonly sha256: string;
  readonly where: string;
  /** What the file is called, by kind, ids and hash, so that no two share a name. */
  readonly name: string;
  /** The file that was written, null where none was. */
  readonly file: string | null;
}

/** An option ROM that was found. */
export interface ExtractedRom extends ExtractedPiece {
  /** `8086:0406 030000 x86` of each image, in their order. */
  readonly images: readonly { readonly ids: string; readonly class: string; readonly codeType: number }[];
  readonly isDisplay: boolean;
  /** GPUs that one of its images is for by its id. */
  readonly fits: readonly string[];
  /** GPUs of the same maker: vendors leave general ids in their ROMs, and firmware sets the right one. */
  readonly mayFit: readonly string[];
}

/** A GOP driver that was found; it is no option ROM yet. */
export interface ExtractedGop extends ExtractedPiece {
  readonly driver: string;
  readonly version?: string;
  /** A page that publishes this hash. */
  readonly published: string | null;
}

/** Intel's Video BIOS Table that was found. */
export interface ExtractedVbt extends ExtractedPiece {
  readonly board: string;
  readonly version: number;
}

/** What `rom extract` found: a JSON value. */
export interface ExtractView {
  readonly format: 1;
  readonly firmware: string;
  readonly bytes: number;
  readonly layers: readonly string[];
  readonly volumes: number;
  readonly files: number;
  readonly sections: number;
  readonly unpackedBytes: number;
  readonly roms: readonly ExtractedRom[];
  readonly gops: readonly ExtractedGop[];
  readonly vbts: readonly ExtractedVbt[];
  readonly faults: readonly FirmwareFault[];
  /** Why the search ended early, null where it came to its end. */
  readonly stopped: string | null;
  readonly remarks: readonly string[];
}

/** PCI base class of displays. */
const DISPLAY = /^03/;

/** The finds as the command shows them, the ROMs for this machine first. */
export function extractView(
  firmware: { readonly path: string; readonly sizeBytes: number; readonly remarks: readonly string[] },
  found: SearchedFirmware,
  gpus: readonly DisplayIds[],
): ExtractView {
  const { layers, volumes, files, sections, unpackedBytes, faults, stopped = null } = found;
  return {
    format: 1,
    firmware: firmware.path,
    bytes: firmware.sizeBytes,
    ...{ layers, volumes, files, sections, unpackedBytes },
    roms: found.roms.map((rom) => romOf(rom, gpus)).sort((a, b) => rank(a) - rank(b)),
    gops: found.gops.map(gopOf),
    vbts: found.vbts.map(vbtOf),
    faults,
    stopped,
    remarks: firmware.remarks,
  };
}

function rank({ fits, mayFit, isDisplay }: ExtractedRom): number {
  return fits.length > 0 ? 0 : mayFit.length > 0 ? 1 : isDisplay ? 2 : 3;
}

function romOf({ rom, bytes, sha256, where }: FoundRom, gpus: readonly DisplayIds[]): ExtractedRom {
  const own = rom.images.filter(({ signature }) => signature === '55aa');
  const [first] = own;
  const isDisplay = own.some((image) => DISPLAY.test(image.class));
  const fits = gpus.filter((gpu) => isFor(rom, gpu)).map(({ bdf }) => bdf);
  const alike = gpus.filter(({ vendor }) => isDisplay && own.some((image) => image.vendor === vendor)).map(({ bdf }) => bdf);
  return {
    bytes: bytes.length,
    sha256,
    where,
    name: `vbios_${first?.vendor ?? '0000'}_${first?.device ?? '0000'}_${sha256.slice(0, 8)}.rom`,
    file: null,
    images: own.map((image) => ({ ids: `${image.vendor}:${image.device}`, class: image.class, codeType: image.codeType })),
    isDisplay,
    fits,
    mayFit: alike.filter((bdf) => !fits.includes(bdf)),
  };
}

function gopOf({ bytes, sha256, where, name, version }: FoundGop): ExtractedGop {
  const plain = name.replace(/[^A-Za-z0-9]+/g, '').slice(0, 40);
  return {
    bytes: bytes.length,
    sha256,
    where,
    name: `gop_${plain}_${sha256.slice(0, 8)}.efi`,
    file: null,
    driver: name,
    published: romSourceOf(sha256)?.page ?? null,
    ...(version === undefined ? {} : { version }),
  };
}

function vbtOf({ bytes, sha256, where, vbt }: FoundVbt): ExtractedVbt {
  const name = `vbt_${sha256.slice(0, 8)}.bin`;
  return { bytes: bytes.length, sha256, where, name, file: null, board: vbt.name, version: vbt.version };
}
