// SPDX-License-Identifier: AGPL-3.0-or-later
import { sha1Hex } from '../text/sha1.ts';

/**
 * PVE's digest of a configuration file: SHA-1 of the raw bytes in hex (qemu-server QemuServer.pm, pve-common SectionConfig.pm).
 * Pass bytes where the file may hold something else than UTF-8; an absent mapping file has the digest of the empty text.
 */
export function configDigest(raw: string | Uint8Array): string {
  return sha1Hex(raw);
}
