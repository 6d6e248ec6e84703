// SPDX-License-Identifier: AGPL-3.0-or-later
// Holds what a browser has to load small: fails when a bundle of the panel has grown beyond its limit. Run after the build.
import { readFileSync, statSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

/** Bytes, minified and not yet compressed. */
const LIMIT = 150_000;

const sizes = ['dist/www/page.js', 'dist/www/pveigpu.js'].map((path) => [path, statSync(path).size]);
for (const [path, bytes] of sizes) {
  const packed = gzipSync(readFileSync(path)).length;
  console.log(`${path}: ${bytes} bytes of ${LIMIT}, ${packed} with gzip`);
}
const tooLarge = sizes.filter(([, bytes]) => bytes > LIMIT);
for (const [path] of tooLarge) console.error(`${path} is larger than a browser should have to load.`);
process.exitCode = tooLarge.length === 0 ? 0 : 1;
