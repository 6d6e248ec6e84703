// SPDX-License-Identifier: AGPL-3.0-or-later
import { defineConfig } from 'vitest/config';

/** Where CI wants the results as JSON. */
const report = process.env.DEB_REPORT;

/** The Debian package: built twice, then installed, upgraded, broken off, removed and purged in fresh Debian roots. */
export default defineConfig({
  test: {
    reporters: report === undefined ? ['default'] : ['default', 'json'],
    ...(report === undefined ? {} : { outputFile: { json: report } }),
    include: ['test/deb/**/*.case.ts'],
    // Only so that what hangs ends: a cold Debian root is made once, from the mirror.
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
    fileParallelism: false,
  },
});
