// SPDX-License-Identifier: AGPL-3.0-or-later
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: { include: ['test/**/*.test.ts'], exclude: ['test/rig/**', 'test/browser/**'], testTimeout: 30_000, hookTimeout: 60_000 },
});
