// SPDX-License-Identifier: AGPL-3.0-or-later
import { ascii, findBytes } from '../find-bytes.ts';
import { standsAt } from '../little-endian.ts';

/** What a vendor wraps an update into, which a program of the machine unpacks. */
export type Wrapping = 'installer' | 'inno-setup' | 'archive' | 'iso';

/** Stands in every program that Inno Setup makes (innoextract, src/setup/version.cpp). */
const INNO = ascii('Inno Setup Setup Data (');
/** ISO 9660, the first volume descriptor: 32 KiB and one byte from the start. */
const ISO_AT = 0x8001;
const ARCHIVES = ['PK\x03\x04', 'MSCF', '7z\xbc\xaf\x27\x1c', 'Rar!\x1a\x07', '\x1f\x8b\x08', '\xfd7zXZ\0'];

/** How a file is wrapped, by how it begins; undefined where it is not. */
export function wrappingOf(bytes: Uint8Array): Wrapping | undefined {
  if (ARCHIVES.some((text) => standsAt(bytes, 0, text))) return 'archive';
  if (standsAt(bytes, ISO_AT, 'CD001')) return 'iso';
  if (!standsAt(bytes, 0, 'MZ')) return undefined;
  return findBytes(bytes, INNO) === undefined ? 'installer' : 'inno-setup';
}
