// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FileImage } from './action.ts';

/** As many arguments as every engine takes in one call. */
const PIECE_BYTES = 8192;

/** Bytes as base64 text, for journal and ledger. */
export function toBase64(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += PIECE_BYTES)
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + PIECE_BYTES)));
  return btoa(pieces.join(''));
}

/** The bytes of a base64 text. Throws on text that is not base64, which stored shapes have excluded. */
export function fromBase64(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Text as base64 of its UTF-8 bytes. */
export function textToBase64(text: string): string {
  return toBase64(new TextEncoder().encode(text));
}

/** A file image as text, the empty text when the file is absent; bytes that are no UTF-8 become U+FFFD. */
export function imageText(image: FileImage): string {
  return image.kind === 'absent' ? '' : new TextDecoder().decode(fromBase64(image.base64));
}

/** Whether two images have the same bytes; owner and mode are kept by every write and so do not matter. */
export function sameContent(a: FileImage, b: FileImage): boolean {
  return a.kind === 'absent' || b.kind === 'absent' ? a.kind === b.kind : a.base64 === b.base64;
}
