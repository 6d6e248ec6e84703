// SPDX-License-Identifier: AGPL-3.0-or-later
// Stands for iconv-lite in the bundle (build.mjs): its tables are a third of what the service loads, and what speaks to it writes UTF-8.

/** Whether a character set can be read. */
export function encodingExists(name: string): boolean {
  return /^utf-?8$/i.test(name);
}

/** Reads a text that comes in parts. Throws, in the words that raw-body looks for, for any other character set. */
export function getDecoder(name: string): { write(part: Uint8Array): string; end(): string } {
  if (!encodingExists(name)) throw new Error(`Encoding not recognized: '${name}'`);
  const decoder = new TextDecoder();
  return { write: (part) => decoder.decode(part, { stream: true }), end: () => decoder.decode() };
}

/** Reads a whole text. */
export function decode(bytes: Uint8Array, name: string): string {
  return getDecoder(name).write(bytes);
}
