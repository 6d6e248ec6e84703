// SPDX-License-Identifier: AGPL-3.0-or-later

/** Packs bytes as LZMA with a header that gives their size; higher modes pack better. */
export function compress(data: Uint8Array, mode?: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9): Int8Array;

/** Unpacks such bytes; throws on damage. */
export function decompress(data: Uint8Array): Uint8Array;
