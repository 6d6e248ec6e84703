// SPDX-License-Identifier: AGPL-3.0-or-later
// Plain JavaScript: lzma1 gives its TypeScript sources as its types, which do not pass our checks.
export { compress, decompress } from 'lzma1';
