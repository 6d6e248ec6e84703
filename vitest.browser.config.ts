// SPDX-License-Identifier: AGPL-3.0-or-later
import { defineConfig } from 'vitest/config';
import usual from './vitest.config.ts';

/** The panel in Debian's Chromium: one file after the other, since each has a browser of its own. */
export default defineConfig({
  plugins: usual.plugins ?? [],
  test: {
    include: ['test/browser/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
