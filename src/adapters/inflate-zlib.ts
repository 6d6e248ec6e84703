// SPDX-License-Identifier: AGPL-3.0-or-later
import { brotliDecompressSync, inflateSync } from 'node:zlib';
import type { Inflaters } from '../core/rom/extract/firmware-walk.ts';

/** Node's own zlib and Brotli, which stop when more would come out than allowed. */
export const zlibInflaters: Inflaters = {
  zlib: (bytes, maxBytes) => orUndefined(() => inflateSync(bytes, { maxOutputLength: Math.max(maxBytes, 1) })),
  brotli: (bytes, maxBytes) => orUndefined(() => brotliDecompressSync(bytes, { maxOutputLength: Math.max(maxBytes, 1) })),
};

/** Both throw on damaged bytes and on too many. */
function orUndefined(inflate: () => Uint8Array): Uint8Array | undefined {
  try {
    return inflate();
  } catch {
    return undefined;
  }
}
