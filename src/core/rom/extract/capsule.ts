// SPDX-License-Identifier: AGPL-3.0-or-later
import { u16, u32 } from '../little-endian.ts';
import { guidAt } from './guid.ts';

/** The header that an update has in front of its image. */
export interface Capsule {
  readonly guid: string;
  readonly headerBytes: number;
}

/** Kinds that UEFITool knows (common/ffs.h); of the two of AMI the image begins where another field says. */
const CAPSULES: ReadonlySet<string> = new Set([
  '3B6686BD-0D76-4030-B70E-B5519E2FC5A0',
  'E20BAFD3-9914-4F4F-9537-3129E090EB3C',
  '25B5FE76-8243-4A5C-A9BD-7EE3246198B5',
  '539182B9-ABB5-4391-B69A-E3A943F72FCC',
  '3BE07062-1D51-45D2-832B-F093257ED461',
  '4A3CA68B-7723-48FB-803D-578CC1FEC44D',
  '14EEBB90-890A-43DB-AED1-5D3C4588A418',
]);
const AMI: ReadonlySet<string> = new Set(['4A3CA68B-7723-48FB-803D-578CC1FEC44D', '14EEBB90-890A-43DB-AED1-5D3C4588A418']);
const HEADER_BYTES = 28;

/** The capsule header at the start of an update; undefined where it has none. A size that cannot be is taken as the least. */
export function capsuleHeader(bytes: Uint8Array): Capsule | undefined {
  const guid = guidAt(bytes, 0);
  if (!CAPSULES.has(guid)) return undefined;
  const said = AMI.has(guid) ? u16(bytes, HEADER_BYTES) : u32(bytes, 16);
  return { guid, headerBytes: said >= HEADER_BYTES && said < bytes.length ? said : Math.min(HEADER_BYTES, bytes.length) };
}
