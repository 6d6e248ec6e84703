// SPDX-License-Identifier: AGPL-3.0-or-later
import { standsAt, u16 } from './little-endian.ts';

/** What marks the ROM of a GPU of AMD (Linux drivers/gpu/drm/amd/amdgpu/amdgpu_bios.c and atom.h). */
export interface AtomBios {
  /** Whether the header that drivers of AMD look for is there too. */
  readonly hasHeader: boolean;
}

const MARKER = ' 761295520';
const MARKER_OFFSET = 0x30;
const HEADER_POINTER = 0x48;

/** AMD's marker in the image that begins at an offset. */
export function atomBiosAt(bytes: Uint8Array, image: number): AtomBios | undefined {
  if (!standsAt(bytes, image + MARKER_OFFSET, MARKER)) return undefined;
  const header = image + u16(bytes, image + HEADER_POINTER) + 4;
  return { hasHeader: standsAt(bytes, header, 'ATOM') || standsAt(bytes, header, 'MOTA') };
}
